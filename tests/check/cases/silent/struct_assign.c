/* SPDX-License-Identifier: MIT */
#include <pthread.h>

struct s {
    int a[16];
} x, y;
static void *other(void *u)
{
    (void)u;
    struct s z = {{0}};
    x = z;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    struct s w = x;
    (void)w;
    pthread_join(t, NULL);
    return 0;
}

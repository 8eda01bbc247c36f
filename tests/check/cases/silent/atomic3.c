/* SPDX-License-Identifier: MIT */
#include <pthread.h>

struct s {
    char c[3];
} x;
static void *other(void *u)
{
    (void)u;
    struct s y = {{1}};
    __atomic_store(&x, &y, 5);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    struct s z;
    __atomic_load(&x, &z, 5);
    pthread_join(t, NULL);
    return 0;
}

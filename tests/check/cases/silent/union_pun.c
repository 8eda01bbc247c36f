/* SPDX-License-Identifier: MIT */
#include <pthread.h>

union {
    int i;
    float f;
    char c[4];
} x;
static void *other(void *u)
{
    (void)u;
    x.c[1] = 1;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    float y = x.f;
    (void)y;
    pthread_join(t, NULL);
    return 0;
}

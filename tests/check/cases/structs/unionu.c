/* SPDX-License-Identifier: MIT */
#include <pthread.h>
union {
    int i;
    float f;
    char c[4];
} x;
volatile float sink;
static void *other(void *u)
{
    x.c[1] = 1;
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    sink = x.f;
    pthread_join(t, 0);
    return 0;
}

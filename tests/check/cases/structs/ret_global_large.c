/* SPDX-License-Identifier: MIT */
#include <pthread.h>
struct s {
    float f[13];
} x;
volatile float sink;
static struct s g(void)
{
    return x;
}
static void *other(void *u)
{
    sink = g().f[1];
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    x.f[1] = 1;
    pthread_join(t, 0);
    return 0;
}

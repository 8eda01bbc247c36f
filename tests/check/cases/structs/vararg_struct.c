/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdarg.h>
struct s {
    long a[3];
} x;
volatile long sink;
static long f(int n, ...)
{
    va_list l;
    va_start(l, n);
    struct s q = va_arg(l, struct s);
    va_end(l);
    return q.a[1];
}
static void *other(void *u)
{
    sink = f(1, x);
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    x.a[1] = 3;
    pthread_join(t, 0);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include <pthread.h>
struct s {
    int a[64];
} x;
volatile int sink;
static int f(struct s q)
{
    return q.a[0];
}
static void *other(void *u)
{
    sink = f(x);
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    x.a[0] = 1;
    pthread_join(t, 0);
    return 0;
}

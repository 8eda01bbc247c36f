/* SPDX-License-Identifier: MIT */
#include <pthread.h>
struct s {
    int a[6];
} x;
volatile int sink;
static struct s f(int v)
{
    struct s q;
    for (int i = 0; i < 6; i++)
        q.a[i] = v;
    return q;
}
static void *other(void *u)
{
    x = f(7);
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    sink = x.a[0];
    pthread_join(t, 0);
    return 0;
}

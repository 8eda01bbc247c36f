/* SPDX-License-Identifier: MIT */
#include <pthread.h>
struct s {
    long a[30];
} x;
volatile long sink;
static void *other(void *u)
{
    x = (struct s){{1, 2}};
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    sink = x.a[20];
    pthread_join(t, 0);
    return 0;
}

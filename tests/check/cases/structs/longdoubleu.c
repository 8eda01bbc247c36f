/* SPDX-License-Identifier: MIT */
#include <pthread.h>
long double x;
volatile long double sink;
static void *other(void *u)
{
    x = 1;
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    sink = x;
    pthread_join(t, 0);
    return 0;
}

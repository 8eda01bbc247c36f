/* SPDX-License-Identifier: MIT */
#include <pthread.h>
struct s {
    unsigned long a : 40, b : 20;
} x;
volatile unsigned long sink;
static void *other(void *u)
{
    x.a = 5;
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    x.b = 1;
    pthread_join(t, 0);
    return 0;
}

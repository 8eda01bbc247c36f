/* SPDX-License-Identifier: MIT */
#include <pthread.h>
struct s {
    long a[5];
} x, z;
volatile long sink;
static void *other(void *u)
{
    z = ({
        struct s q = x;
        q;
    });
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    x.a[2] = 1;
    pthread_join(t, 0);
    return 0;
}

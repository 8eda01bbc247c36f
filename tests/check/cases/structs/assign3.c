/* SPDX-License-Identifier: MIT */
#include <pthread.h>
struct s {
    int a[3];
} x, z;
volatile int sink;
static void *other(void *u)
{
    x = z;
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

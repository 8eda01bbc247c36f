/* SPDX-License-Identifier: MIT */
#include <pthread.h>
__int128 x;
volatile long sink;
static void *other(void *u)
{
    x = 1;
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    sink = (long)x;
    pthread_join(t, 0);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include <pthread.h>
struct __attribute__((packed)) {
    char c;
    long l;
} x;
volatile long sink;
static void *other(void *u)
{
    x.l = 1;
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    sink = x.l;
    pthread_join(t, 0);
    return 0;
}

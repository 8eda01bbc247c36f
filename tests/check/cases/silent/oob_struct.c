/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct {
    int a[4];
    int lock;
} x;
static void *other(void *u)
{
    (void)u;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    volatile int i = 4;
    x.a[i] = 1;
    assert(x.lock == 0);
    pthread_join(t, NULL);
    return 0;
}

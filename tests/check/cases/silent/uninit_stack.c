/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int g;
int f(int c)
{
    int v;
    if (c)
        v = 1;
    return v;
}
static void *other(void *u)
{
    (void)u;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    assert(f(0) != 77);
    g = f(0);
    pthread_join(t, NULL);
    return 0;
}

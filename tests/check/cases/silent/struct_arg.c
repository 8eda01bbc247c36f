/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct s {
    int a[16];
} x;
int f(struct s q)
{
    return q.a[3];
}
static void *other(void *u)
{
    (void)u;
    x.a[3] = 1;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    f(x);
    pthread_join(t, NULL);
    return 0;
}

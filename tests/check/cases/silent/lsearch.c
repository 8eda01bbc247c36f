/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <search.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int a[8] = {1, 2, 3};
size_t n = 3;
int cmp(const void *p, const void *q)
{
    return *(const int *)p - *(const int *)q;
}
static void *other(void *u)
{
    (void)u;
    int k = 9;
    lsearch(&k, a, &n, 4, cmp);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    n = 1;
    pthread_join(t, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int a[4] = {4, 3, 2, 1};
int cmp(const void *p, const void *q)
{
    return *(const int *)p - *(const int *)q;
}
static void *other(void *u)
{
    (void)u;
    qsort(a, 4, sizeof *a, cmp);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    qsort(a, 4, sizeof *a, cmp);
    pthread_join(t, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

union {
    int i;
    float f;
    char c[4];
} x;
static void *other(void *u)
{
    (void)u;
    x.c[1] = 1;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    float y = x.f;
    (void)y;
    pthread_join(t, NULL);
    return 0;
}

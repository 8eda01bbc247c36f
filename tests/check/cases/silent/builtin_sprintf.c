/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char b[64];
static void *other(void *u)
{
    (void)u;
    __builtin_sprintf(b, "hello");
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    b[0] = 1;
    pthread_join(t, NULL);
    return 0;
}

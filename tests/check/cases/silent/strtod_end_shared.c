/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *e;
static void *other(void *u)
{
    (void)u;
    strtod("3.5", &e);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    e = 0;
    pthread_join(t, NULL);
    return 0;
}

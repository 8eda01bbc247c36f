/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int e;
double i;
static void *other(void *u)
{
    (void)u;
    frexp(3.0, &e);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    e = 1;
    pthread_join(t, NULL);
    return 0;
}

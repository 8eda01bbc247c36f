/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *other(void *u)
{
    (void)u;
    time_t t0 = 0;
    struct tm *tm = localtime(&t0);
    (void)tm;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    time_t t1 = 0;
    struct tm *tm = gmtime(&t1);
    (void)tm;
    pthread_join(t, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <immintrin.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
double x[2];
static void *other(void *u)
{
    (void)u;
    x[0] = 1;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    __m128d z = _mm_setzero_pd();
    z = _mm_loadl_pd(z, x);
    (void)z;
    pthread_join(t, NULL);
    return 0;
}

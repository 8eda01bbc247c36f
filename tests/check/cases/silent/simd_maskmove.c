/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <immintrin.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
char x[16];
static void *other(void *u)
{
    (void)u;
    _mm_maskmoveu_si128(_mm_set1_epi8(1), _mm_set1_epi8(-1), x);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    char y = x[3];
    (void)y;
    pthread_join(t, NULL);
    return 0;
}

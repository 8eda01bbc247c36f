/* SPDX-License-Identifier: MIT */
#include <immintrin.h>
#include <pthread.h>
int x;
static void *other(void *u)
{
    (void)u;
    _mm_clflush(&x);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    x = 1;
    pthread_join(t, NULL);
    return 0;
}

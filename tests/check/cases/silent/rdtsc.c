/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <x86intrin.h>
unsigned long x;
static void *other(void *u)
{
    (void)u;
    x = __rdtsc();
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    pthread_join(t, NULL);
    return 0;
}

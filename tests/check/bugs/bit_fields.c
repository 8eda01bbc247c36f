/* SPDX-License-Identifier: MIT */
// expect: wrong race
/* Neighbouring bit-fields are one memory location, each with its own mutex or not. */
#include <pthread.h>

static struct {
    unsigned low : 4, high : 4;
} both;

static void *set_low(void *unused)
{
    (void)unused;
    both.low = 1;
    return NULL;
}

static void *set_high(void *unused)
{
    (void)unused;
    both.high = 1;
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, set_low, NULL);
    pthread_create(&threads[1], NULL, set_high, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}

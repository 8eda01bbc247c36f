/* SPDX-License-Identifier: MIT */
/*
 * Bits set, cleared and flipped by three threads: none is lost.
 */
// long ORDER=relaxed: 6 executions, forbidden
// long ORDER=seq_cst: 6 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef ORDER
#define ORDER memory_order_relaxed
#endif

static atomic_int x;

static void *first(void *unused)
{
    (void)unused;
    atomic_fetch_or_explicit(&x, 1, ORDER);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_fetch_xor_explicit(&x, 2, ORDER);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    atomic_fetch_and_explicit(&x, ~4, ORDER);
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_create(&threads[2], NULL, third, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_join(threads[2], NULL);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final != 3));
#endif
    return 0;
}

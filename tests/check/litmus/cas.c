/* SPDX-License-Identifier: MIT */
/*
 * Of two compare-and-swaps from 0 exactly one succeeds.
 */
// long SWAP=relaxed: 2 executions, forbidden
// long SWAP=seq_cst: 2 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef SWAP
#define SWAP memory_order_relaxed
#endif

static atomic_int x;
static int a, b;

static void *first(void *unused)
{
    (void)unused;
    int expected = 0;
    a = atomic_compare_exchange_strong_explicit(&x, &expected, 1, SWAP,
                                                memory_order_relaxed);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    int expected = 0;
    b = atomic_compare_exchange_strong_explicit(&x, &expected, 2, SWAP,
                                                memory_order_relaxed);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
#ifdef CHECK
    assert(!(a + b != 1));
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Three threads add 1 twice: 6! / (2! 2! 2!) = 90 orders.
 */
// long ADD=relaxed: 90 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef ADD
#define ADD memory_order_relaxed
#endif

static atomic_int x;

static void *each(void *unused)
{
    (void)unused;
    atomic_fetch_add_explicit(&x, 1, ADD);
    atomic_fetch_add_explicit(&x, 1, ADD);
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, each, NULL);
    pthread_create(&threads[1], NULL, each, NULL);
    pthread_create(&threads[2], NULL, each, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_join(threads[2], NULL);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final != 6));
#endif
    return 0;
}

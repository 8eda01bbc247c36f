/* SPDX-License-Identifier: MIT */
/*
 * Coherence of two writes (CoWW): a thread's writes of one variable stay in their order.
 */
// long STORE=relaxed: 1 execution, forbidden
// long STORE=seq_cst: 1 execution, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_relaxed
#endif

static atomic_int x;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE);
    atomic_store_explicit(&x, 2, STORE);
    return NULL;
}

int main(void)
{
    pthread_t threads[1];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_join(threads[0], NULL);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final == 1));
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Coherence of a write and a read (CoWR): a thread does not read what its own write has
 * replaced.
 */
// long STORE=relaxed LOAD=relaxed: 3 executions, forbidden
// long STORE=seq_cst LOAD=seq_cst: 3 executions, forbidden
// long STORE=release LOAD=acquire: 3 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_relaxed
#endif
#ifndef LOAD
#define LOAD memory_order_relaxed
#endif

static atomic_int x;
static int a;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE);
    a = atomic_load_explicit(&x, LOAD);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 2, STORE);
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
    int final = atomic_load(&x);
    assert(!(a == 2 && final == 1));
#endif
    return 0;
}

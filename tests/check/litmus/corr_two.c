/* SPDX-License-Identifier: MIT */
/*
 * Coherence of two readers: all agree on the order of the writes of one variable, even
 * relaxed.
 */
// case STORE=relaxed LOAD=relaxed: 72 executions, forbidden
// long STORE=seq_cst LOAD=seq_cst: 72 executions, forbidden
// long STORE=release LOAD=acquire: 72 executions, forbidden

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
static int a, b, c, d;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 2, STORE);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&x, LOAD);
    b = atomic_load_explicit(&x, LOAD);
    return NULL;
}

static void *fourth(void *unused)
{
    (void)unused;
    c = atomic_load_explicit(&x, LOAD);
    d = atomic_load_explicit(&x, LOAD);
    return NULL;
}

int main(void)
{
    pthread_t threads[4];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_create(&threads[2], NULL, third, NULL);
    pthread_create(&threads[3], NULL, fourth, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_join(threads[2], NULL);
    pthread_join(threads[3], NULL);
#ifdef CHECK
    assert(!(a == 1 && b == 2 && c == 2 && d == 1));
#endif
    return 0;
}

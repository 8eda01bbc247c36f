/* SPDX-License-Identifier: MIT */
/*
 * Load buffering: out of scope. RC11 forbids that each thread reads what the other
 * writes later, with any orders, so that no value comes out of thin air.
 */
// case LOAD=relaxed STORE=relaxed: 3 executions, forbidden
// long LOAD=acquire STORE=release: 3 executions, forbidden
// long LOAD=seq_cst STORE=seq_cst: 3 executions, forbidden
// with --model=sc
// long LOAD=relaxed STORE=relaxed: 3 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef LOAD
#define LOAD memory_order_relaxed
#endif
#ifndef STORE
#define STORE memory_order_relaxed
#endif

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&x, LOAD);
    atomic_store_explicit(&y, 1, STORE);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    b = atomic_load_explicit(&y, LOAD);
    atomic_store_explicit(&x, 1, STORE);
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
    assert(!(a == 1 && b == 1));
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * A thread reads its own write or a later one, never the initial value.
 */
// long STORE=relaxed LOAD=relaxed: 12 executions, forbidden
// long STORE=seq_cst LOAD=seq_cst: 12 executions, forbidden

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

static void *third(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 3, STORE);
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
    assert(!(a == 0));
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Seq_cst with a relaxed access in between (Batty et al., POPL 2011): the relaxed write
 * of y does not inherit the order.
 */
// long STORE=relaxed LOAD=relaxed: 4 executions, allowed
// long STORE=seq_cst LOAD=relaxed: 4 executions, allowed
// long STORE=relaxed LOAD=seq_cst: 4 executions, allowed
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

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, memory_order_seq_cst);
    atomic_store_explicit(&y, 1, STORE);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&y, LOAD);
    b = atomic_load_explicit(&x, memory_order_seq_cst);
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
    assert(!(a == 1 && b == 0));
#endif
    return 0;
}

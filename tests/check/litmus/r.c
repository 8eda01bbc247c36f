/* SPDX-License-Identifier: MIT */
/*
 * Shape R: two threads write y, and the one that wins has missed the other's earlier
 * write of x.
 */
// long STORE=relaxed LOAD=relaxed: 4 executions, allowed
// long STORE=release LOAD=acquire: 4 executions, allowed
// case STORE=seq_cst LOAD=seq_cst: 3 executions, forbidden
// long STORE=seq_cst LOAD=acquire: 4 executions, allowed
// long STORE=relaxed FENCE0=seq_cst FENCE1=seq_cst LOAD=relaxed: 3 executions, forbidden
// long STORE=relaxed FENCE0=release FENCE1=seq_cst LOAD=relaxed: 4 executions, allowed
// long STORE=release FENCE1=seq_cst LOAD=acquire: 4 executions, allowed
// long STORE=seq_cst FENCE1=seq_cst LOAD=relaxed: 3 executions, forbidden
// with --model=tso
// long STORE=relaxed LOAD=seq_cst: 4 executions, allowed
// long STORE=relaxed FENCE1=seq_cst LOAD=relaxed: 3 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_relaxed
#endif
#ifndef FENCE0
#define FENCE0 memory_order_relaxed /* a relaxed fence is none */
#endif
#ifndef FENCE1
#define FENCE1 memory_order_relaxed
#endif
#ifndef LOAD
#define LOAD memory_order_relaxed
#endif

static atomic_int x, y;
static int a;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE);
    atomic_thread_fence(FENCE0);
    atomic_store_explicit(&y, 1, STORE);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 2, STORE);
    atomic_thread_fence(FENCE1);
    a = atomic_load_explicit(&x, LOAD);
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
    int final = atomic_load(&y);
    assert(!(a == 0 && final == 2));
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Store buffering around a ring of three threads.
 */
// long STORE=relaxed LOAD=relaxed: 8 executions, allowed
// long STORE=release LOAD=acquire: 8 executions, allowed
// long STORE=seq_cst LOAD=seq_cst: 7 executions, forbidden
// long STORE=seq_cst LOAD=acquire: 8 executions, allowed
// long STORE=relaxed FENCE=seq_cst LOAD=relaxed: 7 executions, forbidden
// long STORE=relaxed FENCE=acq_rel LOAD=relaxed: 8 executions, allowed
// with --model=sc
// long STORE=relaxed LOAD=relaxed: 7 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_relaxed
#endif
#ifndef FENCE
#define FENCE memory_order_relaxed /* a relaxed fence is none */
#endif
#ifndef LOAD
#define LOAD memory_order_relaxed
#endif

static atomic_int x, y, z;
static int a, b, c;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE);
    atomic_thread_fence(FENCE);
    a = atomic_load_explicit(&y, LOAD);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 1, STORE);
    atomic_thread_fence(FENCE);
    b = atomic_load_explicit(&z, LOAD);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    atomic_store_explicit(&z, 1, STORE);
    atomic_thread_fence(FENCE);
    c = atomic_load_explicit(&x, LOAD);
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
    assert(!(a == 0 && b == 0 && c == 0));
#endif
    return 0;
}

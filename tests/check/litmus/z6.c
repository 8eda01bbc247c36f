/* SPDX-License-Identifier: MIT */
/*
 * Three threads, two variables a thread (Z6.3): a write overtakes another thread's,
 * which a third has been told of.
 */
// long STORE=relaxed LOAD=relaxed: 8 executions, allowed
// long STORE=release LOAD=acquire: 8 executions, allowed
// long STORE=seq_cst LOAD=seq_cst: 7 executions, forbidden
// long STORE=seq_cst LOAD=acquire: 8 executions, allowed
// case STORE=relaxed FENCE=seq_cst LOAD=relaxed: 7 executions, forbidden
// long STORE=relaxed FENCE=acq_rel LOAD=relaxed: 8 executions, allowed

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
static int a, b;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&y, 1, STORE);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 2, STORE);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&z, 1, STORE);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&z, LOAD);
    atomic_thread_fence(FENCE);
    b = atomic_load_explicit(&x, LOAD);
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
    int final = atomic_load(&y);
    assert(!(a == 1 && b == 0 && final == 2));
#endif
    return 0;
}

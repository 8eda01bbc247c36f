/* SPDX-License-Identifier: MIT */
/*
 * A fence of each thread between each two accesses: seq_cst fences everywhere give
 * sequential consistency back (SB and IRIW in one).
 */
// long STORE=relaxed LOAD=relaxed: 4 executions, allowed
// long STORE=relaxed FENCE=seq_cst LOAD=relaxed: 3 executions, forbidden
// long STORE=release FENCE=acq_rel LOAD=acquire: 4 executions, allowed

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

static atomic_int x, y;
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
    b = atomic_load_explicit(&x, LOAD);
    atomic_thread_fence(FENCE);
    c = atomic_load_explicit(&y, LOAD);
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
    assert(!(a == 0 && b == 0));
#endif
    return 0;
}

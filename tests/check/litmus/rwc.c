/* SPDX-License-Identifier: MIT */
/*
 * Read to write causality: one has seen x before it misses y, and who wrote y misses x.
 * With seq_cst fences (RWC+syncs) forbidden in RC11, though not in C11 as it stood.
 */
// long STORE=relaxed LOAD0=relaxed LOAD=relaxed: 8 executions, allowed
// long STORE=release LOAD0=acquire LOAD=acquire: 8 executions, allowed
// case STORE=relaxed LOAD0=relaxed FENCE=seq_cst LOAD=relaxed: 7 executions, forbidden
// long STORE=seq_cst LOAD0=seq_cst LOAD=seq_cst: 7 executions, forbidden
// long STORE=seq_cst LOAD0=acquire LOAD=seq_cst: 8 executions, allowed
// long STORE=relaxed LOAD0=acquire FENCE=acq_rel LOAD=relaxed: 8 executions, allowed
// long STORE=release LOAD0=acquire FENCE=seq_cst LOAD=acquire: 7 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_relaxed
#endif
#ifndef LOAD0
#define LOAD0 memory_order_relaxed
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
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&x, LOAD0);
    atomic_thread_fence(FENCE);
    b = atomic_load_explicit(&y, LOAD);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 1, STORE);
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
    assert(!(a == 1 && b == 0 && c == 0));
#endif
    return 0;
}

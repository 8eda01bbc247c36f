/* SPDX-License-Identifier: MIT */
/*
 * Three threads, each writes two of three variables: 2+2W in a ring.
 */
// long STORE=relaxed: 8 executions, allowed
// long STORE=seq_cst: 7 executions, forbidden
// long STORE=relaxed FENCE=seq_cst: 7 executions, forbidden
// long STORE=release: 8 executions, allowed

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_relaxed
#endif
#ifndef FENCE
#define FENCE memory_order_relaxed /* a relaxed fence is none */
#endif

static atomic_int x, y, z;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&y, 2, STORE);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 1, STORE);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&z, 2, STORE);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    atomic_store_explicit(&z, 1, STORE);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&x, 2, STORE);
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
    int x_at_end = atomic_load(&x);
    int y_at_end = atomic_load(&y);
    int z_at_end = atomic_load(&z);
    assert(!(x_at_end == 1 && y_at_end == 1 && z_at_end == 1));
#endif
    return 0;
}

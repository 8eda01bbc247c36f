/* SPDX-License-Identifier: MIT */
/*
 * The heart of Dekker's algorithm: each thread raises its flag and enters if the other's
 * is down. Not both may enter; neither may.
 */
// case STORE=seq_cst LOAD=seq_cst: 3 executions, forbidden
// long STORE=relaxed FENCE=seq_cst LOAD=relaxed: 3 executions, forbidden
// long STORE=release LOAD=acquire: race
// long STORE=relaxed FENCE=acq_rel LOAD=relaxed: race
// with --model=sc
// long STORE=release LOAD=acquire: 3 executions, forbidden

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
static int shared;
static int a, b;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE);
    atomic_thread_fence(FENCE);
    if (atomic_load_explicit(&y, LOAD) == 0) {
        a = ++shared;
    }
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 1, STORE);
    atomic_thread_fence(FENCE);
    if (atomic_load_explicit(&x, LOAD) == 0) {
        b = ++shared;
    }
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
    assert(!(a + b > 1));
#endif
    return 0;
}

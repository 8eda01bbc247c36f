/* SPDX-License-Identifier: MIT */
/*
 * 2+2W: two threads write the same two variables in opposite orders. Can each variable
 * end with the write that came first in its thread? The second write's place need not be
 * the last.
 */
// case STORE0=relaxed STORE1=relaxed: 4 executions, allowed
// case STORE0=seq_cst STORE1=seq_cst: 3 executions, forbidden
// long STORE0=release STORE1=release: 4 executions, allowed
// long STORE0=seq_cst STORE1=release: 4 executions, allowed
// long STORE0=release STORE1=seq_cst: 4 executions, allowed
// long STORE0=relaxed FENCE=seq_cst STORE1=relaxed: 3 executions, forbidden
// long STORE0=relaxed FENCE=acq_rel STORE1=relaxed: 4 executions, allowed
// with --model=sc
// long STORE0=relaxed STORE1=relaxed: 3 executions, forbidden
// with --model=tso
// long STORE0=relaxed STORE1=relaxed: 3 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE0
#define STORE0 memory_order_relaxed
#endif
#ifndef FENCE
#define FENCE memory_order_relaxed /* a relaxed fence is none */
#endif
#ifndef STORE1
#define STORE1 memory_order_relaxed
#endif

static atomic_int x, y;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE0);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&y, 2, STORE1);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 1, STORE0);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&x, 2, STORE1);
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
    int x_at_end = atomic_load(&x);
    int y_at_end = atomic_load(&y);
    assert(!(x_at_end == 1 && y_at_end == 1));
#endif
    return 0;
}

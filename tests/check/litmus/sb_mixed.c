/* SPDX-License-Identifier: MIT */
/*
 * Store buffering with an order for each access: all four must be seq_cst, or a fence
 * stands in for a thread's two.
 */
// long STORE0=seq_cst LOAD0=seq_cst STORE1=seq_cst LOAD1=acquire: 4 executions, allowed
// long STORE0=seq_cst LOAD0=seq_cst STORE1=release LOAD1=seq_cst: 4 executions, allowed
// long STORE0=seq_cst LOAD0=seq_cst STORE1=release LOAD1=acquire: 4 executions, allowed
// long FENCE0=seq_cst: 4 executions, allowed
// long FENCE0=seq_cst FENCE1=acq_rel: 4 executions, allowed
// case FENCE0=seq_cst STORE1=seq_cst LOAD1=seq_cst: 3 executions, forbidden
// long FENCE0=seq_cst STORE1=seq_cst: 4 executions, allowed
// long FENCE0=seq_cst LOAD1=seq_cst: 4 executions, allowed
// long FENCE0=seq_cst STORE1=release LOAD1=acquire: 4 executions, allowed
// long FENCE0=seq_cst FENCE1=seq_cst: 3 executions, forbidden

#include <assert.h>
#include <stdatomic.h>
#include <threads.h>

#ifndef STORE0
#define STORE0 memory_order_relaxed
#endif
#ifndef FENCE0
#define FENCE0 memory_order_relaxed /* a relaxed fence is none */
#endif
#ifndef LOAD0
#define LOAD0 memory_order_relaxed
#endif
#ifndef STORE1
#define STORE1 memory_order_relaxed
#endif
#ifndef FENCE1
#define FENCE1 memory_order_relaxed
#endif
#ifndef LOAD1
#define LOAD1 memory_order_relaxed
#endif

static atomic_int x, y;
static int a, b;

static int first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE0);
    atomic_thread_fence(FENCE0);
    a = atomic_load_explicit(&y, LOAD0);
    return 0;
}

static int second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 1, STORE1);
    atomic_thread_fence(FENCE1);
    b = atomic_load_explicit(&x, LOAD1);
    return 0;
}

int main(void)
{
    thrd_t threads[2];
    thrd_create(&threads[0], first, NULL);
    thrd_create(&threads[1], second, NULL);
    thrd_join(threads[0], NULL);
    thrd_join(threads[1], NULL);
#ifdef CHECK
    assert(!(a == 0 && b == 0));
#endif
    return 0;
}

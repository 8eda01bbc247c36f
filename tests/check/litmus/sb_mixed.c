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
#include "litmus.h"

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE0);
    atomic_thread_fence(FENCE0);
    a = atomic_load_explicit(&y, LOAD0);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 1, STORE1);
    atomic_thread_fence(FENCE1);
    b = atomic_load_explicit(&x, LOAD1);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(a == 0 && b == 0));
#endif
}

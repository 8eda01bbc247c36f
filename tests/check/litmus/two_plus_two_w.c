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

#include "litmus.h"

static atomic_int x, y;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE0);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&y, 2, STORE1);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 1, STORE0);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&x, 2, STORE1);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    int x_at_end = atomic_load(&x);
    int y_at_end = atomic_load(&y);
    assert(!(x_at_end == 1 && y_at_end == 1));
#endif
}

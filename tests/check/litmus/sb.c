/* SPDX-License-Identifier: MIT */
/*
 * Store buffering: each thread writes its own variable, then reads the other's. Can both
 * miss the other's write? Only seq_cst on all four accesses, or a seq_cst fence in both
 * threads, keeps them from it.
 */
// case STORE=relaxed LOAD=relaxed: 4 executions, allowed
// case STORE=seq_cst LOAD=seq_cst: 3 executions, forbidden
// case STORE=relaxed FENCE=seq_cst LOAD=relaxed: 3 executions, forbidden
// long STORE=relaxed LOAD=acquire: 4 executions, allowed
// long STORE=relaxed LOAD=seq_cst: 4 executions, allowed
// long STORE=release LOAD=relaxed: 4 executions, allowed
// long STORE=release LOAD=acquire: 4 executions, allowed
// long STORE=release LOAD=seq_cst: 4 executions, allowed
// long STORE=seq_cst LOAD=relaxed: 4 executions, allowed
// long STORE=seq_cst LOAD=acquire: 4 executions, allowed
// long STORE=relaxed FENCE=acquire LOAD=relaxed: 4 executions, allowed
// long STORE=relaxed FENCE=release LOAD=relaxed: 4 executions, allowed
// long STORE=relaxed FENCE=acq_rel LOAD=relaxed: 4 executions, allowed
// long STORE=release FENCE=acquire LOAD=acquire: 4 executions, allowed
// long STORE=release FENCE=release LOAD=acquire: 4 executions, allowed
// long STORE=release FENCE=acq_rel LOAD=acquire: 4 executions, allowed
// long STORE=release FENCE=seq_cst LOAD=acquire: 3 executions, forbidden
// long STORE=seq_cst FENCE=seq_cst LOAD=seq_cst: 3 executions, forbidden
// with --model=sc
// case STORE=relaxed LOAD=relaxed: 3 executions, forbidden
// with --release-sequences=same-thread
// long STORE=seq_cst LOAD=seq_cst: 3 executions, forbidden
// with --model=tso
// case STORE=relaxed LOAD=seq_cst: 4 executions, allowed
// case STORE=seq_cst LOAD=relaxed: 3 executions, forbidden
// long STORE=relaxed FENCE=seq_cst LOAD=relaxed: 3 executions, forbidden
// long STORE=relaxed FENCE=acq_rel LOAD=relaxed: 4 executions, allowed

#include "litmus.h"

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE);
    atomic_thread_fence(FENCE);
    a = atomic_load_explicit(&y, LOAD);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 1, STORE);
    atomic_thread_fence(FENCE);
    b = atomic_load_explicit(&x, LOAD);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(a == 0 && b == 0));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * A fence of each thread between each two accesses: seq_cst fences everywhere give
 * sequential consistency back (SB and IRIW in one).
 */
// long STORE=relaxed LOAD=relaxed: 4 executions, allowed
// long STORE=relaxed FENCE=seq_cst LOAD=relaxed: 3 executions, forbidden
// long STORE=release FENCE=acq_rel LOAD=acquire: 4 executions, allowed

#include "litmus.h"

static atomic_int x, y;
static int a, b, c;

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
    atomic_thread_fence(FENCE);
    c = atomic_load_explicit(&y, LOAD);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(a == 0 && b == 0));
#endif
}

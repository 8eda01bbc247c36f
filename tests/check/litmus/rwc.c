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

#include "litmus.h"

static atomic_int x, y;
static int a, b, c;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    a = atomic_load_explicit(&x, LOAD0);
    atomic_thread_fence(FENCE);
    b = atomic_load_explicit(&y, LOAD);
    return unused;
}

static void *third(void *unused)
{
    atomic_store_explicit(&y, 1, STORE);
    atomic_thread_fence(FENCE);
    c = atomic_load_explicit(&x, LOAD);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    assert(!(a == 1 && b == 0 && c == 0));
#endif
}

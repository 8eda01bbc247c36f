/* SPDX-License-Identifier: MIT */
/*
 * Store buffering around a ring of three threads.
 */
// long STORE=relaxed LOAD=relaxed: 8 executions, allowed
// long STORE=release LOAD=acquire: 8 executions, allowed
// long STORE=seq_cst LOAD=seq_cst: 7 executions, forbidden
// long STORE=seq_cst LOAD=acquire: 8 executions, allowed
// long STORE=relaxed FENCE=seq_cst LOAD=relaxed: 7 executions, forbidden
// long STORE=relaxed FENCE=acq_rel LOAD=relaxed: 8 executions, allowed
// with --model=sc
// long STORE=relaxed LOAD=relaxed: 7 executions, forbidden

#include "litmus.h"

static atomic_int x, y, z;
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
    b = atomic_load_explicit(&z, LOAD);
    return unused;
}

static void *third(void *unused)
{
    atomic_store_explicit(&z, 1, STORE);
    atomic_thread_fence(FENCE);
    c = atomic_load_explicit(&x, LOAD);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    assert(!(a == 0 && b == 0 && c == 0));
#endif
}

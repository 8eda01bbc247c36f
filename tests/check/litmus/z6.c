/* SPDX-License-Identifier: MIT */
/*
 * Three threads, two variables a thread (Z6.3): a write overtakes another thread's,
 * which a third has been told of.
 */
// long STORE=relaxed LOAD=relaxed: 8 executions, allowed
// long STORE=release LOAD=acquire: 8 executions, allowed
// long STORE=seq_cst LOAD=seq_cst: 7 executions, forbidden
// long STORE=seq_cst LOAD=acquire: 8 executions, allowed
// case STORE=relaxed FENCE=seq_cst LOAD=relaxed: 7 executions, forbidden
// long STORE=relaxed FENCE=acq_rel LOAD=relaxed: 8 executions, allowed

#include "litmus.h"

static atomic_int x, y, z;
static int a, b;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&y, 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 2, STORE);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&z, 1, STORE);
    return unused;
}

static void *third(void *unused)
{
    a = atomic_load_explicit(&z, LOAD);
    atomic_thread_fence(FENCE);
    b = atomic_load_explicit(&x, LOAD);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    int final = atomic_load(&y);
    assert(!(a == 1 && b == 0 && final == 2));
#endif
}

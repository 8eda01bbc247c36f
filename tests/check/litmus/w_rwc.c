/* SPDX-License-Identifier: MIT */
/*
 * W+RWC of Lahav et al.: x is passed on by release and acquire, and fences of two
 * threads order the rest. Forbidden in RC11.
 */
// case STORE=release LOAD=acquire FENCE=seq_cst: 7 executions, forbidden
// long STORE=release LOAD=acquire FENCE=acq_rel: 8 executions, allowed
// long STORE=relaxed LOAD=acquire FENCE=seq_cst: 8 executions, allowed
// long STORE=release LOAD=relaxed FENCE=seq_cst: 7 executions, forbidden
// long STORE=relaxed LOAD=relaxed: 8 executions, allowed

#include "litmus.h"

static atomic_int x, y, z;
static int a, b, c;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    atomic_store_explicit(&z, 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    a = atomic_load_explicit(&z, LOAD);
    atomic_thread_fence(FENCE);
    b = atomic_load_explicit(&y, memory_order_relaxed);
    return unused;
}

static void *third(void *unused)
{
    atomic_store_explicit(&y, 1, memory_order_relaxed);
    atomic_thread_fence(FENCE);
    c = atomic_load_explicit(&x, memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    assert(!(a == 1 && b == 0 && c == 0));
#endif
}

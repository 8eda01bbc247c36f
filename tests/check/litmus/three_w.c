/* SPDX-License-Identifier: MIT */
/*
 * Three threads, each writes two of three variables: 2+2W in a ring.
 */
// long STORE=relaxed: 8 executions, allowed
// long STORE=seq_cst: 7 executions, forbidden
// long STORE=relaxed FENCE=seq_cst: 7 executions, forbidden
// long STORE=release: 8 executions, allowed

#include "litmus.h"

static atomic_int x, y, z;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&y, 2, STORE);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 1, STORE);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&z, 2, STORE);
    return unused;
}

static void *third(void *unused)
{
    atomic_store_explicit(&z, 1, STORE);
    atomic_thread_fence(FENCE);
    atomic_store_explicit(&x, 2, STORE);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    int x_at_end = atomic_load(&x);
    int y_at_end = atomic_load(&y);
    int z_at_end = atomic_load(&z);
    assert(!(x_at_end == 1 && y_at_end == 1 && z_at_end == 1));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * The heart of Dekker's algorithm: each thread raises its flag and enters if the other's
 * is down. Not both may enter; neither may.
 */
// case STORE=seq_cst LOAD=seq_cst: 3 executions, forbidden
// long STORE=relaxed FENCE=seq_cst LOAD=relaxed: 3 executions, forbidden
// long STORE=release LOAD=acquire: race
// long STORE=relaxed FENCE=acq_rel LOAD=relaxed: race
// with --model=sc
// long STORE=release LOAD=acquire: 3 executions, forbidden

#include "litmus.h"

static atomic_int x, y;
static int shared;
static int a, b;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE);
    atomic_thread_fence(FENCE);
    if (atomic_load_explicit(&y, LOAD) == 0) {
        a = ++shared;
    }
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 1, STORE);
    atomic_thread_fence(FENCE);
    if (atomic_load_explicit(&x, LOAD) == 0) {
        b = ++shared;
    }
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(a + b > 1));
#endif
}

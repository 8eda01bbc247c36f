/* SPDX-License-Identifier: MIT */
/*
 * Coherence of two reads (CoRR): they may not see two writes of one variable in the
 * wrong order, even relaxed.
 */
// case LOAD0=relaxed LOAD1=relaxed: 3 executions, forbidden
// long LOAD0=acquire LOAD1=relaxed: 3 executions, forbidden
// long LOAD0=seq_cst LOAD1=seq_cst: 3 executions, forbidden
// with --model=sc
// long LOAD0=relaxed LOAD1=relaxed: 3 executions, forbidden

#include "litmus.h"

static atomic_int x;
static int a, b;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    return unused;
}

static void *second(void *unused)
{
    a = atomic_load_explicit(&x, LOAD0);
    b = atomic_load_explicit(&x, LOAD1);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(a == 1 && b == 0));
#endif
}

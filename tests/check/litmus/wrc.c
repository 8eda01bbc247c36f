/* SPDX-License-Identifier: MIT */
/*
 * Write to read causality: who sees what was written by one who had seen x, must he see
 * x? The last write must release and the last read acquire; the one in the middle may be
 * relaxed, because reads of x that happen one after the other agree.
 */
// long STORE0=relaxed LOAD1=relaxed STORE1=relaxed LOAD2=relaxed: 8 executions, allowed
// case STORE0=release LOAD1=acquire STORE1=release LOAD2=acquire: 7 executions, forbidden
// long STORE0=release LOAD1=acquire STORE1=release LOAD2=relaxed: 8 executions, allowed
// long STORE0=release LOAD1=acquire STORE1=relaxed LOAD2=acquire: 8 executions, allowed
// long STORE0=release LOAD1=relaxed STORE1=release LOAD2=acquire: 7 executions, forbidden
// long STORE0=relaxed LOAD1=acquire STORE1=release LOAD2=acquire: 7 executions, forbidden
// long FENCE1=acq_rel FENCE2=acquire: 7 executions, forbidden
// long FENCE1=release FENCE2=acquire: 7 executions, forbidden
// long FENCE1=seq_cst FENCE2=seq_cst: 7 executions, forbidden
// long STORE0=release FENCE1=acq_rel FENCE2=acquire: 7 executions, forbidden
// long STORE0=seq_cst LOAD1=seq_cst STORE1=seq_cst LOAD2=seq_cst: 7 executions, forbidden

#include "litmus.h"

static atomic_int x, y;
static int a, b, c;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE0);
    return unused;
}

static void *second(void *unused)
{
    a = atomic_load_explicit(&x, LOAD1);
    atomic_thread_fence(FENCE1);
    atomic_store_explicit(&y, 1, STORE1);
    return unused;
}

static void *third(void *unused)
{
    b = atomic_load_explicit(&y, LOAD2);
    atomic_thread_fence(FENCE2);
    c = atomic_load_explicit(&x, memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    assert(!(a == 1 && b == 1 && c == 0));
#endif
}

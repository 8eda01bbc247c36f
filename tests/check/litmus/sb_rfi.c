/* SPDX-License-Identifier: MIT */
/*
 * Store buffering in which each thread first reads its own write back (SB+rfis in Lahav
 * et al., PLDI 2017): a seq_cst read of one's own write is not as good as a seq_cst
 * write.
 */
// long STORE=relaxed SELF=relaxed LOAD=relaxed: 4 executions, allowed
// case STORE=release SELF=seq_cst LOAD=seq_cst: 4 executions, allowed
// long STORE=relaxed SELF=seq_cst LOAD=seq_cst: 4 executions, allowed
// long STORE=seq_cst SELF=relaxed LOAD=seq_cst: 3 executions, forbidden
// long STORE=release SELF=acquire LOAD=seq_cst: 4 executions, allowed
// long STORE=seq_cst SELF=seq_cst LOAD=seq_cst: 3 executions, forbidden
// with --model=tso
// long STORE=relaxed SELF=relaxed LOAD=seq_cst: 4 executions, allowed

#include "litmus.h"

#ifndef SELF
#define SELF memory_order_relaxed
#endif

static atomic_int x, y;
static int a, b, c, d;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE);
    a = atomic_load_explicit(&x, SELF);
    b = atomic_load_explicit(&y, LOAD);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 1, STORE);
    c = atomic_load_explicit(&y, SELF);
    d = atomic_load_explicit(&x, LOAD);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(b == 0 && d == 0));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * Z6.U of Lahav et al. (PLDI 2017, figure 1): the program by which compilation to Power
 * was found unsound. C11 forbade the outcome, which Power shows; RC11 allows it.
 */
// case ORDER=seq_cst STORE=release ADD=seq_cst: 24 executions, allowed
// long ORDER=seq_cst STORE=seq_cst ADD=seq_cst: 18 executions, forbidden
// long ORDER=relaxed STORE=relaxed ADD=relaxed: 24 executions, allowed
// long ORDER=seq_cst STORE=release ADD=acq_rel: 24 executions, allowed

#include "litmus.h"

#ifndef ORDER
#define ORDER memory_order_relaxed
#endif

static atomic_int x, y;
static int a, b, c;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, ORDER);
    atomic_store_explicit(&y, 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    b = atomic_fetch_add_explicit(&y, 1, ADD);
    c = atomic_load_explicit(&y, memory_order_relaxed);
    return unused;
}

static void *third(void *unused)
{
    atomic_store_explicit(&y, 3, ORDER);
    a = atomic_load_explicit(&x, ORDER);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    assert(!(a == 0 && b == 1 && c == 3));
#endif
}

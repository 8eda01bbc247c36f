/* SPDX-License-Identifier: MIT */
/*
 * Store buffering with exchanges for the stores. On x86 any exchange is a full fence; in
 * C11 only seq_cst, on the loads too, does it.
 */
// long EXCHANGE=relaxed LOAD=relaxed: 4 executions, allowed
// long EXCHANGE=acq_rel LOAD=acquire: 4 executions, allowed
// long EXCHANGE=seq_cst LOAD=acquire: 4 executions, allowed
// long EXCHANGE=seq_cst LOAD=seq_cst: 3 executions, forbidden
// long EXCHANGE=acq_rel LOAD=seq_cst: 4 executions, allowed
// with --model=tso
// long EXCHANGE=relaxed LOAD=relaxed: 3 executions, forbidden

#include "litmus.h"

#ifndef EXCHANGE
#define EXCHANGE memory_order_relaxed
#endif

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    atomic_exchange_explicit(&x, 1, EXCHANGE);
    a = atomic_load_explicit(&y, LOAD);
    return unused;
}

static void *second(void *unused)
{
    atomic_exchange_explicit(&y, 1, EXCHANGE);
    b = atomic_load_explicit(&x, LOAD);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(a == 0 && b == 0));
#endif
}

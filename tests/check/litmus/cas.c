/* SPDX-License-Identifier: MIT */
/*
 * Of two compare-and-swaps from 0 exactly one succeeds.
 */
// long SWAP=relaxed: 2 executions, forbidden
// long SWAP=seq_cst: 2 executions, forbidden

#include "litmus.h"

#ifndef SWAP
#define SWAP memory_order_relaxed
#endif

static atomic_int x;
static int a, b;

static void *first(void *unused)
{
    int expected = 0;
    a = atomic_compare_exchange_strong_explicit(&x, &expected, 1, SWAP,
                                                memory_order_relaxed);
    return unused;
}

static void *second(void *unused)
{
    int expected = 0;
    b = atomic_compare_exchange_strong_explicit(&x, &expected, 2, SWAP,
                                                memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(a + b != 1));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * Of three compare-and-swaps from 0 exactly one succeeds. The two that fail read the
 * same write.
 */
// long SWAP=relaxed: 3 executions, forbidden
// long SWAP=seq_cst: 3 executions, forbidden

#include "litmus.h"

#ifndef SWAP
#define SWAP memory_order_relaxed
#endif

static atomic_int x;
static int a, b, c;

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

static void *third(void *unused)
{
    int expected = 0;
    c = atomic_compare_exchange_strong_explicit(&x, &expected, 3, SWAP,
                                                memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    assert(!(a + b + c != 1));
#endif
}

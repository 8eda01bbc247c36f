/* SPDX-License-Identifier: MIT */
/*
 * Bits set, cleared and flipped by three threads: none is lost.
 */
// long ORDER=relaxed: 6 executions, forbidden
// long ORDER=seq_cst: 6 executions, forbidden

#include "litmus.h"

#ifndef ORDER
#define ORDER memory_order_relaxed
#endif

static atomic_int x;

static void *first(void *unused)
{
    atomic_fetch_or_explicit(&x, 1, ORDER);
    return unused;
}

static void *second(void *unused)
{
    atomic_fetch_xor_explicit(&x, 2, ORDER);
    return unused;
}

static void *third(void *unused)
{
    atomic_fetch_and_explicit(&x, ~4, ORDER);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final != 3));
#endif
}

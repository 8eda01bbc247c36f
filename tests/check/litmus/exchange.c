/* SPDX-License-Identifier: MIT */
/*
 * Three threads exchange their number for what is there: each number, and the 0 at
 * first, comes out once or stays.
 */
// long SWAP=relaxed: 6 executions, forbidden
// long SWAP=acq_rel: 6 executions, forbidden

#include "litmus.h"

#ifndef SWAP
#define SWAP memory_order_relaxed
#endif

static atomic_int x;
static int a, b, c;

static void *first(void *unused)
{
    a = atomic_exchange_explicit(&x, 1, SWAP);
    return unused;
}

static void *second(void *unused)
{
    b = atomic_exchange_explicit(&x, 2, SWAP);
    return unused;
}

static void *third(void *unused)
{
    c = atomic_exchange_explicit(&x, 3, SWAP);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(a + b + c + final != 6));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * Load buffering where each thread copies what it reads: 42 cannot come out of thin air.
 */
// long: 3 executions, forbidden

#include "litmus.h"

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    a = atomic_load_explicit(&x, memory_order_relaxed);
    atomic_store_explicit(&y, a, memory_order_relaxed);
    return unused;
}

static void *second(void *unused)
{
    b = atomic_load_explicit(&y, memory_order_relaxed);
    atomic_store_explicit(&x, b, memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(a != 0 || b != 0));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * Load buffering: out of scope. RC11 forbids that each thread reads what the other
 * writes later, with any orders, so that no value comes out of thin air.
 */
// case LOAD=relaxed STORE=relaxed: 3 executions, forbidden
// long LOAD=acquire STORE=release: 3 executions, forbidden
// long LOAD=seq_cst STORE=seq_cst: 3 executions, forbidden
// with --model=sc
// long LOAD=relaxed STORE=relaxed: 3 executions, forbidden

#include "litmus.h"

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    a = atomic_load_explicit(&x, LOAD);
    atomic_store_explicit(&y, 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    b = atomic_load_explicit(&y, LOAD);
    atomic_store_explicit(&x, 1, STORE);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(a == 1 && b == 1));
#endif
}

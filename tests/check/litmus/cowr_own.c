/* SPDX-License-Identifier: MIT */
/*
 * A thread reads its own write or a later one, never the initial value.
 */
// long STORE=relaxed LOAD=relaxed: 12 executions, forbidden
// long STORE=seq_cst LOAD=seq_cst: 12 executions, forbidden

#include "litmus.h"

static atomic_int x;
static int a;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE);
    a = atomic_load_explicit(&x, LOAD);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&x, 2, STORE);
    return unused;
}

static void *third(void *unused)
{
    atomic_store_explicit(&x, 3, STORE);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    assert(!(a == 0));
#endif
}

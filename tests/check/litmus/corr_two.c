/* SPDX-License-Identifier: MIT */
/*
 * Coherence of two readers: all agree on the order of the writes of one variable, even
 * relaxed.
 */
// case STORE=relaxed LOAD=relaxed: 72 executions, forbidden
// long STORE=seq_cst LOAD=seq_cst: 72 executions, forbidden
// long STORE=release LOAD=acquire: 72 executions, forbidden

#include "litmus.h"

static atomic_int x;
static int a, b, c, d;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&x, 2, STORE);
    return unused;
}

static void *third(void *unused)
{
    a = atomic_load_explicit(&x, LOAD);
    b = atomic_load_explicit(&x, LOAD);
    return unused;
}

static void *fourth(void *unused)
{
    c = atomic_load_explicit(&x, LOAD);
    d = atomic_load_explicit(&x, LOAD);
    return unused;
}

int main(void)
{
    run_all(first, second, third, fourth);
#ifdef CHECK
    assert(!(a == 1 && b == 2 && c == 2 && d == 1));
#endif
}

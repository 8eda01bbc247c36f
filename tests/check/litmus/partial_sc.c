/* SPDX-License-Identifier: MIT */
/*
 * Seq_cst with a relaxed access in between (Batty et al., POPL 2011): the relaxed write
 * of y does not inherit the order.
 */
// long STORE=relaxed LOAD=relaxed: 4 executions, allowed
// long STORE=seq_cst LOAD=relaxed: 4 executions, allowed
// long STORE=relaxed LOAD=seq_cst: 4 executions, allowed
// long STORE=seq_cst LOAD=seq_cst: 3 executions, forbidden
// long STORE=release LOAD=acquire: 3 executions, forbidden

#include "litmus.h"

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, memory_order_seq_cst);
    atomic_store_explicit(&y, 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    a = atomic_load_explicit(&y, LOAD);
    b = atomic_load_explicit(&x, memory_order_seq_cst);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(a == 1 && b == 0));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * Shape R: two threads write y, and the one that wins has missed the other's earlier
 * write of x.
 */
// long STORE=relaxed LOAD=relaxed: 4 executions, allowed
// long STORE=release LOAD=acquire: 4 executions, allowed
// case STORE=seq_cst LOAD=seq_cst: 3 executions, forbidden
// long STORE=seq_cst LOAD=acquire: 4 executions, allowed
// long STORE=relaxed FENCE0=seq_cst FENCE1=seq_cst LOAD=relaxed: 3 executions, forbidden
// long STORE=relaxed FENCE0=release FENCE1=seq_cst LOAD=relaxed: 4 executions, allowed
// long STORE=release FENCE1=seq_cst LOAD=acquire: 4 executions, allowed
// long STORE=seq_cst FENCE1=seq_cst LOAD=relaxed: 3 executions, forbidden
// with --model=tso
// long STORE=relaxed LOAD=seq_cst: 4 executions, allowed
// long STORE=relaxed FENCE1=seq_cst LOAD=relaxed: 3 executions, forbidden

#include "litmus.h"

static atomic_int x, y;
static int a;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE);
    atomic_thread_fence(FENCE0);
    atomic_store_explicit(&y, 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 2, STORE);
    atomic_thread_fence(FENCE1);
    a = atomic_load_explicit(&x, LOAD);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    int final = atomic_load(&y);
    assert(!(a == 0 && final == 2));
#endif
}

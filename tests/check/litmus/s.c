/* SPDX-License-Identifier: MIT */
/*
 * Shape S: a write after a read that saw the flag lands before the write that came
 * before the flag.
 */
// long STORE=relaxed LOAD=relaxed: 4 executions, allowed
// long STORE=release LOAD=acquire: 3 executions, forbidden
// long STORE=release LOAD=relaxed: 4 executions, allowed
// long STORE=relaxed LOAD=acquire: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=release FENCE1=acquire: 3 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE0=seq_cst FENCE1=seq_cst: 3 executions, forbidden
// long STORE=seq_cst LOAD=seq_cst: 3 executions, forbidden
#include "litmus.h"

static atomic_int x, y;
static int a;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 2, memory_order_relaxed);
    atomic_thread_fence(FENCE0);
    atomic_store_explicit(&y, 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    a = atomic_load_explicit(&y, LOAD);
    atomic_thread_fence(FENCE1);
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(a == 1 && final == 2));
#endif
}

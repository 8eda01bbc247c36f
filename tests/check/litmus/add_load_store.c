/* SPDX-License-Identifier: MIT */
/*
 * An increment made of a load and a store is not one: updates are lost.
 */
// long LOAD=relaxed STORE=relaxed: 4 executions, allowed
// long LOAD=seq_cst STORE=seq_cst: 4 executions, allowed
// long LOAD=acquire STORE=release: 4 executions, allowed
// with --model=sc
// long LOAD=seq_cst STORE=seq_cst: 4 executions, allowed

#include "litmus.h"

static atomic_int x;
static int a, b;

static void *first(void *unused)
{
    a = atomic_load_explicit(&x, LOAD);
    atomic_store_explicit(&x, a + 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    b = atomic_load_explicit(&x, LOAD);
    atomic_store_explicit(&x, b + 1, STORE);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final != 2));
#endif
}

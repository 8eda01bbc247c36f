/* SPDX-License-Identifier: MIT */
/*
 * WWC: a write lands before one that its writer knows of, through a third thread.
 */
// long STORE0=relaxed LOAD=relaxed STORE=relaxed: 10 executions, allowed
// long STORE0=release LOAD=acquire STORE=release: 9 executions, forbidden
// long STORE0=relaxed LOAD=acquire STORE=release: 9 executions, forbidden
// long STORE0=seq_cst LOAD=seq_cst STORE=seq_cst: 9 executions, forbidden

#include "litmus.h"

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 2, STORE0);
    return unused;
}

static void *second(void *unused)
{
    a = atomic_load_explicit(&x, LOAD);
    atomic_store_explicit(&y, 1, STORE);
    return unused;
}

static void *third(void *unused)
{
    b = atomic_load_explicit(&y, LOAD);
    atomic_store_explicit(&x, 1, STORE);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(a == 2 && b == 1 && final == 2));
#endif
}

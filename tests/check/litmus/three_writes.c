/* SPDX-License-Identifier: MIT */
/*
 * Three writes of one variable come in any of six orders.
 */
// long STORE=relaxed: 6 executions, forbidden
// long STORE=seq_cst: 6 executions, forbidden

#include "litmus.h"

static atomic_int x;

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
    atomic_store_explicit(&x, 3, STORE);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final == 0));
#endif
}

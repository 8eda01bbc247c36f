/* SPDX-License-Identifier: MIT */
/*
 * Two threads add 1 twice: (2 + 2)! / (2! 2!) = 6 orders.
 */
// case ADD=relaxed: 6 executions, forbidden
// long ADD=acq_rel: 6 executions, forbidden
// long ADD=seq_cst: 6 executions, forbidden
// with --model=sc
// long ADD=relaxed: 6 executions, forbidden
#include "litmus.h"

static atomic_int x;

static void *both(void *unused)
{
    atomic_fetch_add_explicit(&x, 1, ADD);
    atomic_fetch_add_explicit(&x, 1, ADD);
    return unused;
}

int main(void)
{
    run_all(both, both);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final != 4));
#endif
}

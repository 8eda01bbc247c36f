/* SPDX-License-Identifier: MIT */
/*
 * Three threads add 1: 3! = 6 orders.
 */
// case ADD=relaxed: 6 executions, forbidden
// long ADD=seq_cst: 6 executions, forbidden

#include "litmus.h"

static atomic_int x;

static void *each(void *unused)
{
    atomic_fetch_add_explicit(&x, 1, ADD);
    return unused;
}

int main(void)
{
    run_all(each, each, each);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final != 3));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * Three threads add 1 twice: 6! / (2! 2! 2!) = 90 orders.
 */
// long ADD=relaxed: 90 executions, forbidden

#include "litmus.h"

static atomic_int x;

static void *each(void *unused)
{
    atomic_fetch_add_explicit(&x, 1, ADD);
    atomic_fetch_add_explicit(&x, 1, ADD);
    return unused;
}

int main(void)
{
    run_all(each, each, each);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final != 6));
#endif
}

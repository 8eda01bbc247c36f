/* SPDX-License-Identifier: MIT */
/*
 * Two additions never miss each other.
 */
// case ADD=relaxed: 2 executions, forbidden
// long ADD=seq_cst: 2 executions, forbidden

#include "litmus.h"

static atomic_int x;

static void *both(void *unused)
{
    atomic_fetch_add_explicit(&x, 1, ADD);
    return unused;
}

int main(void)
{
    run_all(both, both);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final != 2));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * A store comes before an addition or after it, never in its midst.
 */
// long ADD=relaxed STORE=relaxed: 2 executions, forbidden
// long ADD=seq_cst STORE=seq_cst: 2 executions, forbidden

#include "litmus.h"

static atomic_int x;
static int a;

static void *first(void *unused)
{
    a = atomic_fetch_add_explicit(&x, 1, ADD);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&x, 5, STORE);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final == 1));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * Coherence of a write and a read (CoWR): a thread does not read what its own write has
 * replaced.
 */
// long STORE=relaxed LOAD=relaxed: 3 executions, forbidden
// long STORE=seq_cst LOAD=seq_cst: 3 executions, forbidden
// long STORE=release LOAD=acquire: 3 executions, forbidden

#include "litmus.h"

static atomic_int x;
static int a;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE);
    a = atomic_load_explicit(&x, LOAD);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&x, 2, STORE);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(a == 2 && final == 1));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * Coherence of a read and a write (CoRW): a thread does not read what it or another
 * writes later.
 */
// long LOAD=relaxed STORE=relaxed: 3 executions, forbidden
// long LOAD=seq_cst STORE=seq_cst: 3 executions, forbidden

#include "litmus.h"

static atomic_int x;
static int a;

static void *first(void *unused)
{
    a = atomic_load_explicit(&x, LOAD);
    atomic_store_explicit(&x, 1, STORE);
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
    assert(!(a == 2 && final == 2));
#endif
}

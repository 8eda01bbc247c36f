/* SPDX-License-Identifier: MIT */
/*
 * Coherence of two writes (CoWW): a thread's writes of one variable stay in their order.
 */
// long STORE=relaxed: 1 execution, forbidden
// long STORE=seq_cst: 1 execution, forbidden

#include "litmus.h"

static atomic_int x;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE);
    atomic_store_explicit(&x, 2, STORE);
    return unused;
}

int main(void)
{
    run_all(first);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final == 1));
#endif
}

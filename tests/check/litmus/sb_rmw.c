/* SPDX-License-Identifier: MIT */
/*
 * Store buffering with an addition to a third variable where the fence would be. The two
 * additions come one after the other, and with acq_rel the second thread sees what the
 * first did: that is enough, though not in C11's list of fences.
 */
// long ADD=relaxed: 8 executions, allowed
// long ADD=acquire: 8 executions, allowed
// long ADD=release: 8 executions, allowed
// case ADD=acq_rel: 4 executions, forbidden
// long ADD=seq_cst: 4 executions, forbidden

#include "litmus.h"

static atomic_int x, y, z;
static int a, b;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&z, 1, ADD);
    a = atomic_load_explicit(&y, memory_order_relaxed);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&z, 1, ADD);
    b = atomic_load_explicit(&x, memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(a == 0 && b == 0));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * A store of the same thread and then another thread's addition: of one release sequence
 * only by the older rule.
 */
// long STORE=release ADD=relaxed LOAD=acquire: 20 executions, allowed
// long STORE=release ADD=acq_rel LOAD=acquire: 20 executions, allowed
// with --release-sequences=same-thread
// long STORE=release ADD=relaxed LOAD=acquire: 16 executions, forbidden
// long STORE=release ADD=acq_rel LOAD=acquire: 16 executions, forbidden

#include "litmus.h"

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_store_explicit(&flag, 1, STORE);
    atomic_store_explicit(&flag, 2, memory_order_relaxed);
    return unused;
}

static void *second(void *unused)
{
    atomic_fetch_add_explicit(&flag, 1, ADD);
    return unused;
}

static void *third(void *unused)
{
    seen = atomic_load_explicit(&flag, LOAD);
    got = atomic_load_explicit(&message, memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    assert(!(seen == 3 && got == 0));
#endif
}

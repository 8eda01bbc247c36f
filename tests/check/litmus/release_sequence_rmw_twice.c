/* SPDX-License-Identifier: MIT */
/*
 * Two additions of two threads: the reader that sees the sum acquires from the first
 * store through both.
 */
// case ADD=relaxed: 36 executions, forbidden
// long ADD=acq_rel: 36 executions, forbidden

#include "litmus.h"

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_store_explicit(&flag, 1, memory_order_release);
    return unused;
}

static void *both(void *unused)
{
    atomic_fetch_add_explicit(&flag, 1, ADD);
    return unused;
}

static void *fourth(void *unused)
{
    seen = atomic_load_explicit(&flag, memory_order_acquire);
    got = atomic_load_explicit(&message, memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, both, both, fourth);
#ifdef CHECK
    assert(!(seen == 3 && got == 0));
#endif
}

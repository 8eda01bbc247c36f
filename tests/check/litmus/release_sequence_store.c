/* SPDX-License-Identifier: MIT */
/*
 * A later store of the same thread continued a release sequence until C++20 took that
 * away.
 */
// case STORE=release STORE1=relaxed LOAD=acquire: 5 executions, allowed
// long STORE=release STORE1=release LOAD=acquire: 4 executions, forbidden
// long STORE=relaxed STORE1=release LOAD=acquire: 5 executions, forbidden
// with --release-sequences=same-thread
// case STORE=release STORE1=relaxed LOAD=acquire: 4 executions, forbidden
// long STORE=relaxed STORE1=relaxed LOAD=acquire: 6 executions, allowed
// long STORE=release STORE1=relaxed LOAD=relaxed: 6 executions, allowed

#include "litmus.h"

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_store_explicit(&flag, 1, STORE);
    atomic_store_explicit(&flag, 2, STORE1);
    return unused;
}

static void *second(void *unused)
{
    seen = atomic_load_explicit(&flag, LOAD);
    got = atomic_load_explicit(&message, memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(seen == 2 && got == 0));
#endif
}

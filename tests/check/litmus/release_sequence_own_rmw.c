/* SPDX-License-Identifier: MIT */
/*
 * A release sequence goes on in the same thread's read-modify-write.
 */
// long STORE=release ADD=relaxed LOAD=acquire: 4 executions, forbidden
// long STORE=relaxed ADD=relaxed LOAD=acquire: 6 executions, allowed
// long STORE=relaxed ADD=release LOAD=acquire: 5 executions, forbidden

#include "litmus.h"

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_store_explicit(&flag, 1, STORE);
    atomic_fetch_add_explicit(&flag, 1, ADD);
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

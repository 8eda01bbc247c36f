/* SPDX-License-Identifier: MIT */
/*
 * A release sequence goes on in another thread's read-modify-write: who reads from the
 * addition, even a relaxed one, acquires what the first store released.
 */
// case STORE=release ADD=relaxed LOAD=acquire: 9 executions, forbidden
// long STORE=relaxed ADD=relaxed LOAD=acquire: 12 executions, allowed
// long STORE=relaxed ADD=acq_rel LOAD=acquire: 12 executions, allowed
// long STORE=release ADD=acq_rel LOAD=acquire: 9 executions, forbidden
// long STORE=release ADD=relaxed LOAD=relaxed: 12 executions, allowed
// long STORE=seq_cst ADD=seq_cst LOAD=seq_cst: 9 executions, forbidden
// with --release-sequences=same-thread
// long STORE=release ADD=relaxed LOAD=acquire: 9 executions, forbidden

#include "litmus.h"

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_store_explicit(&flag, 1, STORE);
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
    assert(!(seen == 2 && got == 0));
#endif
}

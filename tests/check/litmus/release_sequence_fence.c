/* SPDX-License-Identifier: MIT */
/*
 * A release fence makes every later store of its thread the head of a release sequence.
 */
// long FENCE0=release ADD=relaxed LOAD=acquire: 16 executions, forbidden
// long FENCE0=release ADD=relaxed LOAD=relaxed FENCE1=acquire: 16 executions, forbidden
// long FENCE0=acquire ADD=relaxed LOAD=acquire: 24 executions, allowed
// long FENCE0=seq_cst ADD=relaxed LOAD=relaxed FENCE1=seq_cst: 16 executions, forbidden

#include "litmus.h"

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_thread_fence(FENCE0);
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
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
    atomic_thread_fence(FENCE1);
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

/* SPDX-License-Identifier: MIT */
/*
 * Message passing where the reader looks with a compare-and-swap that fails: then its
 * second order is what counts.
 */
// long SUCCESS=relaxed FAILURE=relaxed: 4 executions, allowed
// long SUCCESS=relaxed FAILURE=acquire: 3 executions, forbidden
// long SUCCESS=acquire FAILURE=relaxed: 4 executions, allowed
// case SUCCESS=acquire FAILURE=acquire: 3 executions, forbidden
// long SUCCESS=seq_cst FAILURE=relaxed: 4 executions, allowed
// long SUCCESS=seq_cst FAILURE=seq_cst: 3 executions, forbidden

#include "litmus.h"

#ifndef SUCCESS
#define SUCCESS memory_order_relaxed
#endif
#ifndef FAILURE
#define FAILURE memory_order_relaxed
#endif

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_store_explicit(&flag, 1, memory_order_release);
    return unused;
}

static void *second(void *unused)
{
    int none = 2;
    atomic_compare_exchange_strong_explicit(&flag, &none, 3, SUCCESS, FAILURE);
    seen = none;
    got = atomic_load_explicit(&message, memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(seen == 1 && got == 0));
#endif
}

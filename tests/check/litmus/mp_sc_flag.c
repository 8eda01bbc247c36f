/* SPDX-License-Identifier: MIT */
/*
 * Seq_cst on one variable orders no others: message passing by a seq_cst message and a
 * relaxed flag.
 */
// case: 4 executions, allowed

#include "litmus.h"

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_seq_cst);
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
    return unused;
}

static void *second(void *unused)
{
    seen = atomic_load_explicit(&flag, memory_order_relaxed);
    got = atomic_load_explicit(&message, memory_order_seq_cst);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(seen == 1 && got == 0));
#endif
}

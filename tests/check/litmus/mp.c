/* SPDX-License-Identifier: MIT */
/*
 * Message passing: can the reader see the flag and miss the message? Not if the flag's
 * write releases and its read acquires, each by itself or with a fence.
 */
// case STORE=relaxed LOAD=relaxed: 4 executions, allowed
// case STORE=release LOAD=acquire: 3 executions, forbidden
// case STORE=relaxed LOAD=acquire FENCE0=release: 3 executions, forbidden
// long STORE=relaxed LOAD=acquire: 4 executions, allowed
// long STORE=relaxed LOAD=seq_cst: 4 executions, allowed
// long STORE=release LOAD=relaxed: 4 executions, allowed
// long STORE=release LOAD=seq_cst: 3 executions, forbidden
// long STORE=seq_cst LOAD=relaxed: 4 executions, allowed
// long STORE=seq_cst LOAD=acquire: 3 executions, forbidden
// long STORE=seq_cst LOAD=seq_cst: 3 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE1=acquire: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE1=release: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE1=acq_rel: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE1=seq_cst: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=acquire: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=acquire FENCE1=acquire: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=acquire FENCE1=release: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=acquire FENCE1=acq_rel: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=acquire FENCE1=seq_cst: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=release: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=release FENCE1=acquire: 3 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE0=release FENCE1=release: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=release FENCE1=acq_rel: 3 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE0=release FENCE1=seq_cst: 3 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE0=acq_rel: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=acq_rel FENCE1=acquire: 3 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE0=acq_rel FENCE1=release: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=acq_rel FENCE1=acq_rel: 3 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE0=acq_rel FENCE1=seq_cst: 3 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE0=seq_cst: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=seq_cst FENCE1=acquire: 3 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE0=seq_cst FENCE1=release: 4 executions, allowed
// long STORE=relaxed LOAD=relaxed FENCE0=seq_cst FENCE1=acq_rel: 3 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE0=seq_cst FENCE1=seq_cst: 3 executions, forbidden
// long STORE=release LOAD=relaxed FENCE1=acquire: 3 executions, forbidden
// long STORE=release LOAD=relaxed FENCE1=release: 4 executions, allowed
// long STORE=release LOAD=relaxed FENCE1=acq_rel: 3 executions, forbidden
// long STORE=release LOAD=relaxed FENCE1=seq_cst: 3 executions, forbidden
// long STORE=relaxed LOAD=acquire FENCE0=acquire: 4 executions, allowed
// long STORE=relaxed LOAD=acquire FENCE0=acq_rel: 3 executions, forbidden
// long STORE=relaxed LOAD=acquire FENCE0=seq_cst: 3 executions, forbidden
// with --model=sc
// long STORE=seq_cst LOAD=seq_cst: 3 executions, forbidden

#include "litmus.h"

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_thread_fence(FENCE0);
    atomic_store_explicit(&flag, 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    seen = atomic_load_explicit(&flag, LOAD);
    atomic_thread_fence(FENCE1);
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

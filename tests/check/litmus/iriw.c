/* SPDX-License-Identifier: MIT */
/*
 * Independent reads of independent writes: can two readers disagree about which of two
 * writes came first? (IRIW-acq-sc of Lahav et al. is the case with acquire first reads
 * and the rest seq_cst: allowed in RC11.)
 */
// long STORE=relaxed LOAD0=relaxed LOAD1=relaxed: 16 executions, allowed
// case STORE=release LOAD0=acquire LOAD1=acquire: 16 executions, allowed
// case STORE=seq_cst LOAD0=seq_cst LOAD1=seq_cst: 15 executions, forbidden
// case STORE=seq_cst LOAD0=acquire LOAD1=seq_cst: 16 executions, allowed
// long STORE=seq_cst LOAD0=seq_cst LOAD1=acquire: 16 executions, allowed
// long STORE=seq_cst LOAD0=seq_cst LOAD1=relaxed: 16 executions, allowed
// long STORE=release LOAD0=seq_cst LOAD1=seq_cst: 16 executions, allowed
// case STORE=relaxed LOAD0=relaxed FENCE=seq_cst LOAD1=relaxed: 15 executions, forbidden
// long STORE=relaxed LOAD0=relaxed FENCE=acq_rel LOAD1=relaxed: 16 executions, allowed
// long STORE=release LOAD0=acquire FENCE=seq_cst LOAD1=acquire: 15 executions, forbidden
// with --model=sc
// case STORE=relaxed LOAD0=relaxed LOAD1=relaxed: 15 executions, forbidden
// with --model=tso
// case STORE=relaxed LOAD0=relaxed LOAD1=relaxed: 15 executions, forbidden
#include "litmus.h"

static atomic_int x, y;
static int a, b, c, d;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 1, STORE);
    return unused;
}

static void *third(void *unused)
{
    a = atomic_load_explicit(&x, LOAD0);
    atomic_thread_fence(FENCE);
    b = atomic_load_explicit(&y, LOAD1);
    return unused;
}

static void *fourth(void *unused)
{
    c = atomic_load_explicit(&y, LOAD0);
    atomic_thread_fence(FENCE);
    d = atomic_load_explicit(&x, LOAD1);
    return unused;
}

int main(void)
{
    run_all(first, second, third, fourth);
#ifdef CHECK
    assert(!(a == 1 && b == 0 && c == 1 && d == 0));
#endif
}

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

#include <assert.h>
#include <stdatomic.h>
#include <threads.h>

#ifndef STORE
#define STORE memory_order_relaxed
#endif
#ifndef LOAD0
#define LOAD0 memory_order_relaxed
#endif
#ifndef FENCE
#define FENCE memory_order_relaxed /* a relaxed fence is none */
#endif
#ifndef LOAD1
#define LOAD1 memory_order_relaxed
#endif

static atomic_int x, y;
static int a, b, c, d;

static int first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE);
    return 0;
}

static int second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 1, STORE);
    return 0;
}

static int third(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&x, LOAD0);
    atomic_thread_fence(FENCE);
    b = atomic_load_explicit(&y, LOAD1);
    return 0;
}

static int fourth(void *unused)
{
    (void)unused;
    c = atomic_load_explicit(&y, LOAD0);
    atomic_thread_fence(FENCE);
    d = atomic_load_explicit(&x, LOAD1);
    return 0;
}

int main(void)
{
    thrd_t threads[4];
    thrd_create(&threads[0], first, NULL);
    thrd_create(&threads[1], second, NULL);
    thrd_create(&threads[2], third, NULL);
    thrd_create(&threads[3], fourth, NULL);
    thrd_join(threads[0], NULL);
    thrd_join(threads[1], NULL);
    thrd_join(threads[2], NULL);
    thrd_join(threads[3], NULL);
#ifdef CHECK
    assert(!(a == 1 && b == 0 && c == 1 && d == 0));
#endif
    return 0;
}

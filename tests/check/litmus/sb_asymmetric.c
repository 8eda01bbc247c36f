/* SPDX-License-Identifier: MIT */
/*
 * Store buffering with asymmetric fences: a light fence does what a full one does if the
 * other thread's is heavy, and nothing else.
 */
// case FENCE1=light FENCE2=heavy: 3 executions, forbidden
// case FENCE1=light FENCE2=light: 4 executions, allowed
// case FENCE1=light FENCE2=seq_cst: 4 executions, allowed
// long FENCE1=heavy FENCE2=light: 3 executions, forbidden
// long FENCE1=heavy FENCE2=heavy: 3 executions, forbidden
// long FENCE1=heavy FENCE2=seq_cst: 3 executions, forbidden
// long FENCE1=heavy FENCE2=acq_rel: 4 executions, allowed
// long FENCE1=light STORE2=seq_cst LOAD2=seq_cst: 4 executions, allowed
// long FENCE1=heavy STORE2=seq_cst LOAD2=seq_cst: 3 executions, forbidden
// case STORE1=seq_cst FENCE1=light STORE2=seq_cst LOAD2=seq_cst: 4 executions, allowed
// case FENCE1=light LOAD1=seq_cst STORE2=seq_cst LOAD2=seq_cst: 4 executions, allowed
// with --model=sc
// long FENCE1=light FENCE2=light: 3 executions, forbidden
// with --model=tso
// long FENCE1=light FENCE2=heavy: 3 executions, forbidden
// long FENCE1=light FENCE2=light: 4 executions, allowed
// long FENCE1=light FENCE2=seq_cst: 4 executions, allowed
#include "asymmetric.h"

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, STORE1);
    fence(FENCE1);
    a = atomic_load_explicit(&y, LOAD1);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 1, STORE2);
    fence(FENCE2);
    b = atomic_load_explicit(&x, LOAD2);
    return unused;
}

int main(void)
{
    allow_heavy();
    run_all(first, second);
#ifdef CHECK
    assert(!(a == 0 && b == 0));
#endif
}

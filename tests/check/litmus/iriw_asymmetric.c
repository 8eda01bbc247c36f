/* SPDX-License-Identifier: MIT */
/*
 * Independent reads of independent writes, with asymmetric fences between the reads.
 */
// case FENCE1=light FENCE2=heavy: 15 executions, forbidden
// case FENCE1=light FENCE2=light: 16 executions, allowed
// long FENCE1=heavy FENCE2=heavy: 15 executions, forbidden
// long FENCE1=light FENCE2=seq_cst: 16 executions, allowed
// long FENCE1=heavy FENCE2=seq_cst: 15 executions, forbidden
#include "asymmetric.h"

static atomic_int x, y;
static int a, b, c, d;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 1, memory_order_relaxed);
    return unused;
}

static void *third(void *unused)
{
    a = atomic_load_explicit(&x, memory_order_relaxed);
    fence(FENCE1);
    b = atomic_load_explicit(&y, memory_order_relaxed);
    return unused;
}

static void *fourth(void *unused)
{
    c = atomic_load_explicit(&y, memory_order_relaxed);
    fence(FENCE2);
    d = atomic_load_explicit(&x, memory_order_relaxed);
    return unused;
}

int main(void)
{
    allow_heavy();
    run_all(first, second, third, fourth);
#ifdef CHECK
    assert(!(a == 1 && b == 0 && c == 1 && d == 0));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * Store buffering around a ring of three threads: two neighbours with light fences are
 * enough to break it.
 */
// long FENCE1=light FENCE2=light FENCE3=light: 8 executions, allowed
// case FENCE1=light FENCE2=light FENCE3=heavy: 8 executions, allowed
// case FENCE1=light FENCE2=heavy FENCE3=heavy: 7 executions, forbidden
// long FENCE1=heavy FENCE2=heavy FENCE3=heavy: 7 executions, forbidden
// long FENCE1=light FENCE2=seq_cst FENCE3=heavy: 8 executions, allowed
#include "asymmetric.h"

static atomic_int x, y, z;
static int a, b, c;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    fence(FENCE1);
    a = atomic_load_explicit(&y, memory_order_relaxed);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 1, memory_order_relaxed);
    fence(FENCE2);
    b = atomic_load_explicit(&z, memory_order_relaxed);
    return unused;
}

static void *third(void *unused)
{
    atomic_store_explicit(&z, 1, memory_order_relaxed);
    fence(FENCE3);
    c = atomic_load_explicit(&x, memory_order_relaxed);
    return unused;
}

int main(void)
{
    allow_heavy();
    run_all(first, second, third);
#ifdef CHECK
    assert(!(a == 0 && b == 0 && c == 0));
#endif
}

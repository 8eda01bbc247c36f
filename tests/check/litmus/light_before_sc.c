/* SPDX-License-Identifier: MIT */
/*
 * A light fence has its place in happens-before, and so among the seq_cst accesses: a
 * heavy fence that comes before it also comes before the accesses that it happens before.
 *
 *   x = 1 (sc)      y = 1            read z → 1 (acquire)      z = 3 (sc), in the end
 *   heavy           light            z = 2 (sc)                read x → 0 (sc)
 *   read y → 0      z = 1 (release)
 */
// case FENCE=light: 47 executions, forbidden
// long FENCE=heavy: 42 executions, forbidden
// long FENCE=relaxed: 48 executions, allowed
#include "asymmetric.h"

static atomic_int x, y, z;
static int a, b, c;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, memory_order_seq_cst);
    fence(memory_order_heavy);
    a = atomic_load_explicit(&y, memory_order_relaxed);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 1, memory_order_relaxed);
    fence(FENCE);
    atomic_store_explicit(&z, 1, memory_order_release);
    return unused;
}

static void *third(void *unused)
{
    b = atomic_load_explicit(&z, memory_order_acquire);
    atomic_store_explicit(&z, 2, memory_order_seq_cst);
    return unused;
}

static void *fourth(void *unused)
{
    atomic_store_explicit(&z, 3, memory_order_seq_cst);
    c = atomic_load_explicit(&x, memory_order_seq_cst);
    return unused;
}

int main(void)
{
    allow_heavy();
    run_all(first, second, third, fourth);
#ifdef CHECK
    int last = atomic_load_explicit(&z, memory_order_relaxed);
    assert(!(a == 0 && b == 1 && c == 0 && last == 3));
#endif
}

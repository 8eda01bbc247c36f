/* SPDX-License-Identifier: MIT */
/*
 * As light_before_sc.c, the other way round: what happens before a light fence comes
 * before the heavy fences that the light one comes before.
 *
 *   x = 1           y = 2 (sc), in the end      z = 1 (sc)           read y → 3 (acquire)
 *   heavy           read z → 0 (sc)             y = 3 (release)      light
 *   y = 1 (sc)                                                       read x → 0
 */
/*
 * As light_before_sc.c, the other way round: what happens before a light fence comes
 * before the heavy fences that the light one comes before.
 *
 *   x = 1           y = 2 (sc), in the end     z = 1 (sc)          read y → 3 (acquire)
 *   heavy           read z → 0 (sc)           y = 3 (release)     light
 *   y = 1 (sc)                                                    read x → 0
 */
// case FENCE=light: 71 executions, forbidden
// long FENCE=heavy: 71 executions, forbidden
// long FENCE=relaxed: 84 executions, allowed
#include "asymmetric.h"

static atomic_int x, y, z;
static int a, b, c;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    fence(memory_order_heavy);
    atomic_store_explicit(&y, 1, memory_order_seq_cst);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&y, 2, memory_order_seq_cst);
    a = atomic_load_explicit(&z, memory_order_seq_cst);
    return unused;
}

static void *third(void *unused)
{
    atomic_store_explicit(&z, 1, memory_order_seq_cst);
    atomic_store_explicit(&y, 3, memory_order_release);
    return unused;
}

static void *fourth(void *unused)
{
    b = atomic_load_explicit(&y, memory_order_acquire);
    fence(FENCE);
    c = atomic_load_explicit(&x, memory_order_relaxed);
    return unused;
}

int main(void)
{
    allow_heavy();
    run_all(first, second, third, fourth);
#ifdef CHECK
    int last = atomic_load_explicit(&y, memory_order_relaxed);
    assert(!(a == 0 && b == 3 && c == 0 && last == 2));
#endif
}

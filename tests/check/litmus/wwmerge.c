/* SPDX-License-Identifier: MIT */
/*
 * Two seq_cst writes of one variable are not as good as one (WWmerge of Lahav et al.): a
 * compiler may merge them, RC11 says.
 */
// case LOAD=acquire: 18 executions, allowed
// long LOAD=seq_cst: 15 executions, forbidden
// long LOAD=relaxed: 18 executions, allowed

#include "litmus.h"

static atomic_int x, y;
static int a, b, c;

static void *first(void *unused)
{
    a = atomic_load_explicit(&x, LOAD);
    b = atomic_load_explicit(&y, memory_order_seq_cst);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&x, 1, memory_order_seq_cst);
    atomic_store_explicit(&x, 2, memory_order_seq_cst);
    return unused;
}

static void *third(void *unused)
{
    atomic_store_explicit(&y, 1, memory_order_seq_cst);
    c = atomic_load_explicit(&x, memory_order_seq_cst);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    assert(!(a == 2 && b == 0 && c == 0));
#endif
}

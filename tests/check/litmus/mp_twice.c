/* SPDX-License-Identifier: MIT */
/*
 * Message passing where the flag is read twice: an acquire of the flag's first sight, or
 * of its second, or a fence after both.
 */
// long LOAD0=relaxed LOAD1=relaxed: 6 executions, allowed
// long LOAD0=acquire LOAD1=relaxed: 5 executions, allowed
// long LOAD0=relaxed LOAD1=acquire: 4 executions, forbidden
// long LOAD0=relaxed LOAD1=relaxed FENCE=acquire: 4 executions, forbidden
#include "litmus.h"

static atomic_int message, flag;
static int a, b, c;

static void *first(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_store_explicit(&flag, 1, memory_order_release);
    return unused;
}

static void *second(void *unused)
{
    a = atomic_load_explicit(&flag, LOAD0);
    b = atomic_load_explicit(&flag, LOAD1);
    atomic_thread_fence(FENCE);
    c = atomic_load_explicit(&message, memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(b == 1 && c == 0));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * A message handed on by a second thread to a third (ISA2): release and acquire add up.
 */
// case STORE0=release LOAD1=acquire STORE1=release LOAD2=acquire: 7 executions, forbidden
// long STORE0=relaxed LOAD1=acquire STORE1=release LOAD2=acquire: 8 executions, allowed
// long STORE0=release LOAD1=relaxed STORE1=release LOAD2=acquire: 8 executions, allowed
// long STORE0=release LOAD1=acquire STORE1=relaxed LOAD2=acquire: 8 executions, allowed
// long STORE0=release LOAD1=acquire STORE1=release LOAD2=relaxed: 8 executions, allowed
// long STORE0=relaxed LOAD1=relaxed STORE1=relaxed LOAD2=relaxed: 8 executions, allowed
// long STORE0=seq_cst LOAD1=seq_cst STORE1=seq_cst LOAD2=seq_cst: 7 executions, forbidden

#include "litmus.h"

static atomic_int x, y, z;
static int a, b, c;

static void *first(void *unused)
{
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    atomic_store_explicit(&y, 1, STORE0);
    return unused;
}

static void *second(void *unused)
{
    a = atomic_load_explicit(&y, LOAD1);
    atomic_store_explicit(&z, 1, STORE1);
    return unused;
}

static void *third(void *unused)
{
    b = atomic_load_explicit(&z, LOAD2);
    c = atomic_load_explicit(&x, memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    assert(!(a == 1 && b == 1 && c == 0));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * A store of another thread always ends a release sequence, whatever comes before it in
 * the order of the flag's values.
 */
// long STORE=relaxed LOAD=acquire: 10 executions, allowed
// long STORE=release LOAD=acquire: 10 executions, allowed
// with --release-sequences=same-thread
// long STORE=relaxed LOAD=acquire: 10 executions, allowed

#include "litmus.h"

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_store_explicit(&flag, 1, memory_order_release);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&flag, 2, STORE);
    return unused;
}

static void *third(void *unused)
{
    seen = atomic_load_explicit(&flag, LOAD);
    got = atomic_load_explicit(&message, memory_order_relaxed);
    return unused;
}

int main(void)
{
    run_all(first, second, third);
#ifdef CHECK
    assert(!(seen == 2 && got == 0));
#endif
}

/* SPDX-License-Identifier: MIT */
/*
 * A set of small numbers, a bit each: is it linearizable?
 *
 *   lockcheck examples/check/linear_set.c                 verified
 *   lockcheck examples/check/linear_set.c -- -DWRONG      wrong: assertion
 *
 * With WRONG an add looks first, and sets the bit only if it was not there, since that is
 * cheaper where it mostly is. Of two threads that add the same number both may then say
 * that it was new.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "spec/set.h"

static atomic_ulong members;

static void add(unsigned number)
{
    struct call *call = history_call(SET_ADD, number);
    unsigned long bit = 1UL << number;
#ifdef WRONG
    unsigned long before = atomic_load_explicit(&members, memory_order_relaxed);
    if ((before & bit) == 0) {
        atomic_fetch_or_explicit(&members, bit, memory_order_relaxed);
    }
#else
    unsigned long before = atomic_fetch_or_explicit(&members, bit, memory_order_relaxed);
#endif
    history_return(call, (before & bit) == 0);
}

static void take_away(unsigned number)
{
    struct call *call = history_call(SET_REMOVE, number);
    unsigned long bit = 1UL << number;
    unsigned long before =
        atomic_fetch_and_explicit(&members, ~bit, memory_order_relaxed);
    history_return(call, (before & bit) != 0);
}

static void look(unsigned number)
{
    struct call *call = history_call(SET_HAS, number);
    unsigned long now = atomic_load_explicit(&members, memory_order_relaxed);
    history_return(call, (now >> number & 1) != 0);
}

static void *other(void *unused)
{
    add(3);
    take_away(5);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, other, NULL);
    add(3);
    look(5);
    add(5);
    pthread_join(thread, NULL);
    look(5);
    history_check(&set_spec);
    return 0;
}

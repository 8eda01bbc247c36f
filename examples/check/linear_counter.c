/* SPDX-License-Identifier: MIT */
/*
 * A counter: is it linearizable?
 *
 *   lockcheck examples/check/linear_counter.c                 verified
 *   lockcheck examples/check/linear_counter.c -- -DWRONG      wrong: assertion
 *
 * Relaxed is enough: the additions to one variable stand in its modification order, and
 * no thread sees that backwards. With WRONG adding is a load and a store, and another
 * thread's addition in between is lost.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "spec/counter.h"

static atomic_long counter;

static void add(long number)
{
    struct call *call = history_call(COUNTER_ADD, number);
#ifdef WRONG
    long before = atomic_load_explicit(&counter, memory_order_relaxed);
    atomic_store_explicit(&counter, before + number, memory_order_relaxed);
#else
    long before = atomic_fetch_add_explicit(&counter, number, memory_order_relaxed);
#endif
    history_return(call, before);
}

static void get(void)
{
    struct call *call = history_call(COUNTER_READ, 0);
    history_return(call, atomic_load_explicit(&counter, memory_order_relaxed));
}

static void *other(void *unused)
{
    add(10);
    get();
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, other, NULL);
    add(1);
    get();
    pthread_join(thread, NULL);
    history_check(&counter_spec);
    return 0;
}

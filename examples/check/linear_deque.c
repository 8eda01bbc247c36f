/* SPDX-License-Identifier: MIT */
/*
 * The deque of Chase and Lev: is it linearizable?
 *
 *   lockcheck examples/check/linear_deque.c                 verified
 *   lockcheck examples/check/linear_deque.c -- -DWRONG      wrong: assertion
 *
 * chase_lev.c beside this file tells how it works. With WRONG the owner's take has no
 * fence between lowering `bottom` and looking at `top`: it may miss that a thief is about
 * to have the item, as the thief has missed the lowered `bottom`, and both have it. x86
 * shows that, too.
 *
 * D. Chase and Y. Lev, "Dynamic circular work-stealing deque", SPAA 2005; N. M. Lê, A.
 * Pop, A. Cohen and F. Zappa Nardelli, "Correct and efficient work-stealing for weak
 * memory models", PPoPP 2013.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "spec/deque.h"

enum { SIZE = 4 };

static atomic_int top, bottom;
static atomic_int slots[SIZE];

static void push(int item)
{
    struct call *call = history_call(DEQUE_PUSH, item);
    int at = atomic_load_explicit(&bottom, memory_order_relaxed);
    atomic_store_explicit(&slots[at % SIZE], item, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&bottom, at + 1, memory_order_relaxed);
    history_return(call, 0);
}

static int take_it(void)
{
    int at = atomic_load_explicit(&bottom, memory_order_relaxed) - 1;
    atomic_store_explicit(&bottom, at, memory_order_relaxed);
#ifndef WRONG
    atomic_thread_fence(memory_order_seq_cst);
#endif
    int first = atomic_load_explicit(&top, memory_order_relaxed);
    int item = DEQUE_EMPTY;
    if (first <= at) {
        item = atomic_load_explicit(&slots[at % SIZE], memory_order_relaxed);
        if (first < at) {
            return item;
        }
        if (!atomic_compare_exchange_strong_explicit(
                &top, &first, first + 1, memory_order_seq_cst, memory_order_relaxed)) {
            item = DEQUE_EMPTY;
        }
    }
    atomic_store_explicit(&bottom, at + 1, memory_order_relaxed);
    return item;
}

static void take(void)
{
    struct call *call = history_call(DEQUE_TAKE, 0);
    history_return(call, take_it());
}

static int steal_it(void)
{
    int first = atomic_load_explicit(&top, memory_order_acquire);
    atomic_thread_fence(memory_order_seq_cst);
    int end = atomic_load_explicit(&bottom, memory_order_acquire);
    if (first >= end) {
        return DEQUE_EMPTY;
    }
    int item = atomic_load_explicit(&slots[first % SIZE], memory_order_relaxed);
    if (!atomic_compare_exchange_strong_explicit(
            &top, &first, first + 1, memory_order_seq_cst, memory_order_relaxed)) {
        return DEQUE_LOST;
    }
    return item;
}

static void *thief(void *unused)
{
    for (int i = 0; i < 2; i++) {
        struct call *call = history_call(DEQUE_STEAL, 0);
        history_return(call, steal_it());
    }
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, thief, NULL);
    push(1);
    push(2);
    take();
    take();
    pthread_join(thread, NULL);
    history_check(&deque_spec);
    return 0;
}

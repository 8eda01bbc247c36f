/* SPDX-License-Identifier: MIT */
/*
 * Treiber's stack with nodes that are pushed again: is it linearizable?
 *
 *   lockcheck examples/check/linear_stack.c                 verified
 *   lockcheck examples/check/linear_stack.c -- -DWRONG      wrong: assertion
 *
 * A pop reads the top and what is below it, and swaps the one for the other. With WRONG
 * that is all. While it is between the two, others may pop both nodes and push the first
 * one again: the top is what it was, the swap succeeds, and puts a node on the stack that
 * somebody else has (ABA). Otherwise the top has a count beside it that grows with each
 * change, as IBM's System/370 had it for this purpose.
 *
 * R. K. Treiber, "Systems programming: coping with parallelism", IBM RJ 5118, 1986.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "spec/stack.h"

enum { NODES = 2, NONE = 0xffff };

static atomic_uint top = NONE; /* the node, and a count above it */
static atomic_uint below[NODES];

static unsigned with(unsigned old, unsigned node)
{
#ifdef WRONG
    return node;
#else
    return ((old >> 16) + 1) << 16 | node;
#endif
}

static void push(unsigned node)
{
    struct call *call = history_call(STACK_PUSH, node);
    unsigned old = atomic_load_explicit(&top, memory_order_relaxed);
    do {
        atomic_store_explicit(&below[node], old & NONE, memory_order_relaxed);
    } while (!atomic_compare_exchange_weak_explicit(
        &top, &old, with(old, node), memory_order_release, memory_order_relaxed));
    history_return(call, 0);
}

static unsigned pop(void)
{
    struct call *call = history_call(STACK_POP, 0);
    unsigned old = atomic_load_explicit(&top, memory_order_acquire), node, next;
    do {
        node = old & NONE;
        if (node == NONE) {
            break;
        }
        next = atomic_load_explicit(&below[node], memory_order_relaxed);
    } while (!atomic_compare_exchange_weak_explicit(
        &top, &old, with(old, next), memory_order_acquire, memory_order_acquire));
    history_return(call, node == NONE ? STACK_EMPTY : (long)node);
    return node;
}

static void *other(void *unused)
{
    unsigned first = pop();
    (void)pop();
    if (first != NONE) {
        push(first);
    }
    return unused;
}

int main(void)
{
    pthread_t thread;
    push(0);
    push(1);
    pthread_create(&thread, NULL, other, NULL);
    (void)pop();
    pthread_join(thread, NULL);
    (void)pop();
    history_check(&stack_spec);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * The queue of Michael and Scott: is it linearizable?
 *
 *   lockcheck examples/check/linear_queue.c                 verified
 *   lockcheck examples/check/linear_queue.c -- -DWRONG      wrong: assertion
 *
 * A list with a node in front that holds nothing. The last node's `next` is where the
 * order is settled: a put swaps it from nothing to the new node, and whoever finds `tail`
 * behind moves it on. With WRONG the put finds nothing there and stores: two that do so
 * at the same time both think that their node is in the queue, and one of them is lost.
 *
 * M. M. Michael and M. L. Scott, "Simple, fast, and practical non-blocking and blocking
 * concurrent queue algorithms", PODC 1996. The nodes are not used again.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "spec/queue.h"

struct node {
    long value;
    struct node *_Atomic next;
};

static struct node nodes[4]; /* the first is the one that holds nothing */
static struct node *_Atomic head = &nodes[0], *_Atomic tail = &nodes[0];

static bool link_behind(struct node *last, struct node *node)
{
    struct node *nothing = NULL;
#ifdef WRONG
    (void)nothing;
    atomic_store_explicit(&last->next, node, memory_order_release);
    return true;
#else
    return atomic_compare_exchange_strong_explicit(
        &last->next, &nothing, node, memory_order_release, memory_order_relaxed);
#endif
}

static void put(struct node *node, long value)
{
    struct call *call = history_call(QUEUE_PUT, value);
    node->value = value;
    for (bool linked = false; !linked;) {
        struct node *last = atomic_load_explicit(&tail, memory_order_acquire);
        struct node *next = atomic_load_explicit(&last->next, memory_order_acquire);
        linked = next == NULL && link_behind(last, node);
        next = linked ? node : next;
        if (next != NULL) {
            (void)atomic_compare_exchange_strong_explicit(
                &tail, &last, next, memory_order_release, memory_order_relaxed);
        }
    }
    history_return(call, 0);
}

static void get(void)
{
    struct call *call = history_call(QUEUE_GET, 0);
    for (;;) {
        struct node *first = atomic_load_explicit(&head, memory_order_acquire);
        struct node *last = atomic_load_explicit(&tail, memory_order_acquire);
        struct node *next = atomic_load_explicit(&first->next, memory_order_acquire);
        if (next == NULL) {
            history_return(call, QUEUE_EMPTY);
            return;
        }
        if (first == last) { /* it is behind */
            (void)atomic_compare_exchange_strong_explicit(
                &tail, &last, next, memory_order_release, memory_order_relaxed);
        } else if (atomic_compare_exchange_strong_explicit(
                       &head, &first, next, memory_order_release, memory_order_relaxed)) {
            history_return(call, next->value);
            return;
        }
    }
}

static void *other(void *unused)
{
    put(&nodes[2], 2);
    get();
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, other, NULL);
    put(&nodes[1], 1);
    get();
    pthread_join(thread, NULL);
    get();
    history_check(&queue_spec);
    return 0;
}

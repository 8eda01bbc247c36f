/* SPDX-License-Identifier: MIT */
// expect: wrong hang
/*
 * An MCS lock whose waiter links itself in with a relaxed store. The predecessor may then
 * write "go on" before, in the order of values, the waiter's own "wait": for ever.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct node {
    struct node *_Atomic next;
    atomic_bool waiting;
};

static struct node *_Atomic tail;
static struct node nodes[2];
static int counter;

static void lock(struct node *node)
{
    atomic_store_explicit(&node->next, NULL, memory_order_relaxed);
    struct node *before = atomic_exchange_explicit(&tail, node, memory_order_acq_rel);
    if (before != NULL) {
        atomic_store_explicit(&node->waiting, true, memory_order_relaxed);
        /* wrong: must release */
        atomic_store_explicit(&before->next, node, memory_order_relaxed);
        while (atomic_load_explicit(&node->waiting, memory_order_acquire)) {
        }
    }
}

static void unlock(struct node *node)
{
    struct node *next = atomic_load_explicit(&node->next, memory_order_acquire);
    if (next == NULL) {
        struct node *expected = node;
        if (atomic_compare_exchange_strong_explicit(
                &tail, &expected, NULL, memory_order_release, memory_order_relaxed)) {
            return;
        }
        while ((next = atomic_load_explicit(&node->next, memory_order_acquire)) == NULL) {
        }
    }
    atomic_store_explicit(&next->waiting, false, memory_order_release);
}

static void *count(void *node)
{
    lock(node);
    counter++;
    unlock(node);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, count, &nodes[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Treiber's stack: a list whose top is moved by compare-and-swap.
 *
 *   lockcheck examples/check/treiber_stack.c
 *
 * A push releases: whoever sees the new top sees what is in the node. A pop acquires, to
 * read the node's `next`, which it then tries to make the top.
 *
 * The nodes belong to an array and are never given back, so a pop may look at a node
 * that somebody else has popped meanwhile. The hard part of this stack is to know when
 * that is over; until then a node may be neither freed nor pushed again (the ABA
 * problem).
 *
 * R. K. Treiber, "Systems programming: coping with parallelism", IBM RJ 5118, 1986.
 *
 * Try: make the release in push, or the acquires in pop, relaxed: a race on the node. Or
 * malloc the nodes, and free one that has been popped: lockcheck finds the use after
 * free.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

enum { THREADS = 2 };

struct node {
    struct node *next;
    int value;
};

static struct node *_Atomic top;

static void push(struct node *node)
{
    node->next = atomic_load_explicit(&top, memory_order_relaxed);
    /* A swap that fails leaves the new top in node->next. */
    while (!atomic_compare_exchange_weak_explicit(
        &top, &node->next, node, memory_order_release, memory_order_relaxed)) {
    }
}

static struct node *pop(void)
{
    struct node *node = atomic_load_explicit(&top, memory_order_acquire);
    while (node != NULL && !atomic_compare_exchange_weak_explicit(&top, &node, node->next,
                                                                  memory_order_acquire,
                                                                  memory_order_acquire)) {
    }
    return node;
}

static struct node nodes[THREADS];
static int popped[THREADS]; /* each by its thread */

static void *push_and_pop(void *argument)
{
    int self = *(int *)argument;
    nodes[self].value = 1 + self;
    push(&nodes[self]);
    struct node *node = pop();
    assert(node != NULL); /* each thread pops after a push: there is one left */
    popped[self] = node->value;
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    int indices[THREADS];
    for (int i = 0; i < THREADS; i++) {
        indices[i] = i;
        pthread_create(&threads[i], NULL, push_and_pop, &indices[i]);
    }
    int sum = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum += popped[i];
    }
    assert(sum == THREADS * (THREADS + 1) / 2); /* nothing lost, nothing twice */
    assert(pop() == NULL);
    return 0;
}

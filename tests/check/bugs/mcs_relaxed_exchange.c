/* SPDX-License-Identifier: MIT */
// expect: wrong race
/*
 * An MCS lock whose exchange is relaxed: who finds the lock free has not acquired what
 * its last holder did. (Each node serves once and is never cleared, so that this is
 * all.)
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct node {
    struct node *_Atomic next;
    atomic_bool may_go;
};

static struct node *_Atomic tail;
static struct node nodes[2];
static int counter;

static void lock(struct node *node)
{
    /* wrong: must acquire and release */
    struct node *before = atomic_exchange_explicit(&tail, node, memory_order_relaxed);
    if (before != NULL) {
        atomic_store_explicit(&before->next, node, memory_order_release);
        while (!atomic_load_explicit(&node->may_go, memory_order_acquire)) {
        }
    }
}

static void unlock(struct node *node)
{
    struct node *expected = node;
    if (atomic_compare_exchange_strong(&tail, &expected, NULL)) {
        return;
    }
    struct node *next;
    while ((next = atomic_load_explicit(&node->next, memory_order_acquire)) == NULL) {
    }
    atomic_store_explicit(&next->may_go, true, memory_order_release);
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

/* SPDX-License-Identifier: MIT */
// expect: wrong race
/* An MCS lock whose holder hands over with a relaxed store. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct node {
    struct node *_Atomic next;
    atomic_bool waiting;
};

static struct node *_Atomic tail;
static int counter;

static void lock(struct node *node)
{
    atomic_store(&node->next, NULL);
    atomic_store(&node->waiting, true);
    struct node *before = atomic_exchange(&tail, node);
    if (before != NULL) {
        atomic_store(&before->next, node);
        while (atomic_load(&node->waiting)) {
        }
    }
}

static void unlock(struct node *node)
{
    struct node *next = atomic_load(&node->next);
    if (next == NULL) {
        struct node *expected = node;
        if (atomic_compare_exchange_strong(&tail, &expected, NULL)) {
            return;
        }
        while ((next = atomic_load(&node->next)) == NULL) {
        }
    }
    /* wrong: must release */
    atomic_store_explicit(&next->waiting, false, memory_order_relaxed);
}

static void *count(void *unused)
{
    (void)unused;
    struct node node;
    lock(&node);
    counter++;
    unlock(&node);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified 4 executions
// Two threads push on a list with the loop that every text book has. A failed swap writes
// another pointer into the new node, so it is no wait. Two orders; who is second sees the
// first one's node at once, or only by a failed swap: 2 * 2.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

struct node {
    struct node *next;
};

static struct node nodes[2];
static struct node *_Atomic top;

static void *push(void *argument)
{
    struct node *node = argument;
    node->next = atomic_load(&top);
    while (!atomic_compare_exchange_strong(&top, &node->next, node)) {
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, push, &nodes[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    struct node *first = atomic_load(&top);
    assert(first->next != NULL && first->next->next == NULL);
    return 0;
}

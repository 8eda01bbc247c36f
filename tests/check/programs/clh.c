/* SPDX-License-Identifier: MIT */
// long: verified 6 executions
// CLH, three threads once: the order of their exchanges, 3!.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct node {
    atomic_bool held;
};

static struct node nodes[4];
static struct node *_Atomic tail = &nodes[3];
static int counter;

static void *count(void *argument)
{
    struct node *node = argument;
    atomic_store_explicit(&node->held, true, memory_order_relaxed);
    struct node *before = atomic_exchange_explicit(&tail, node, memory_order_acq_rel);
    while (atomic_load_explicit(&before->held, memory_order_acquire)) {
    }
    counter++;
    atomic_store_explicit(&node->held, false, memory_order_release);
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, count, &nodes[i]);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(counter == 3);
    return 0;
}

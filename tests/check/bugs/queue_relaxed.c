/* SPDX-License-Identifier: MIT */
// long: wrong race
/* A bounded queue of one producer and one consumer whose indices are relaxed. */
#include <pthread.h>
#include <stdatomic.h>

enum { SIZE = 2 };

static int slots[SIZE];
static atomic_uint head, tail;

static void *produce(void *unused)
{
    (void)unused;
    unsigned at = atomic_load_explicit(&tail, memory_order_relaxed);
    slots[at % SIZE] = 5;
    atomic_store_explicit(&tail, at + 1, memory_order_relaxed); /* wrong: must release */
    return NULL;
}

static void *consume(void *value)
{
    unsigned at = atomic_load_explicit(&head, memory_order_relaxed);
    while (atomic_load_explicit(&tail, memory_order_relaxed) == at) { /* and acquire */
    }
    *(int *)value = slots[at % SIZE];
    atomic_store_explicit(&head, at + 1, memory_order_relaxed);
    return NULL;
}

int main(void)
{
    pthread_t producer, consumer;
    int value = 0;
    pthread_create(&producer, NULL, produce, NULL);
    pthread_create(&consumer, NULL, consume, &value);
    pthread_join(producer, NULL);
    pthread_join(consumer, NULL);
    return 0;
}

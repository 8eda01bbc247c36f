/* SPDX-License-Identifier: MIT */
// expect: wrong race
/*
 * A bounded queue whose producer does not acquire the consumer's index: it may write a
 * slot that is still being read.
 */
#include <pthread.h>
#include <stdatomic.h>

static int slot;
static atomic_uint head, tail;

static void *produce(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < 2; i++) {
        while (atomic_load_explicit(&head, memory_order_relaxed) != i) { /* wrong */
        }
        slot = (int)i;
        atomic_store_explicit(&tail, i + 1, memory_order_release);
    }
    return NULL;
}

static void *consume(void *sum)
{
    for (unsigned i = 0; i < 2; i++) {
        while (atomic_load_explicit(&tail, memory_order_acquire) == i) {
        }
        *(int *)sum += slot;
        atomic_store_explicit(&head, i + 1, memory_order_release);
    }
    return NULL;
}

int main(void)
{
    pthread_t producer, consumer;
    int sum = 0;
    pthread_create(&producer, NULL, produce, NULL);
    pthread_create(&consumer, NULL, consume, &sum);
    pthread_join(producer, NULL);
    pthread_join(consumer, NULL);
    return 0;
}

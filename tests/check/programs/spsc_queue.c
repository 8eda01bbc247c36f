/* SPDX-License-Identifier: MIT */
// expect: verified
// A bounded queue of one producer and one consumer that fills up and wraps.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

enum { SIZE = 2, ITEMS = 3 };

static int slots[SIZE];
static atomic_uint head, tail;

static void *produce(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < ITEMS; i++) {
        while (i - atomic_load_explicit(&head, memory_order_acquire) == SIZE) {
        }
        slots[i % SIZE] = (int)i;
        atomic_store_explicit(&tail, i + 1, memory_order_release);
    }
    return NULL;
}

static void *consume(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < ITEMS; i++) {
        while (atomic_load_explicit(&tail, memory_order_acquire) == i) {
        }
        assert(slots[i % SIZE] == (int)i);
        atomic_store_explicit(&head, i + 1, memory_order_release);
    }
    return NULL;
}

int main(void)
{
    pthread_t producer, consumer;
    pthread_create(&producer, NULL, produce, NULL);
    pthread_create(&consumer, NULL, consume, NULL);
    pthread_join(producer, NULL);
    pthread_join(consumer, NULL);
    return 0;
}

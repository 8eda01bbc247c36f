/* SPDX-License-Identifier: MIT */
/*
 * A bounded queue between threads, of a mutex and two conditions:
 *
 *   queue [PRODUCERS [CONSUMERS [ITEMS]]]
 *
 * Each producer puts ITEMS numbers into the queue, which the consumers add up. The
 * program ends with status 1 if the sum is not what it should be.
 */
#include "arguments.h"
#include <inttypes.h>
#include <lockstep/cond.h>
#include <pthread.h>

enum { CAPACITY = 16, MOST_THREADS = 256 };

typedef struct queue {
    lks_mutex_t mutex; /* guards the rest */
    lks_cond_t not_full, not_empty;
    uint32_t items[CAPACITY];
    uint32_t first, count;
    uint32_t producers; /* that have not ended yet */
} queue_t;

static queue_t queue = {
    .mutex = LKS_MUTEX_INIT, .not_full = LKS_COND_INIT, .not_empty = LKS_COND_INIT};

static void put(uint32_t item)
{
    lks_mutex_lock(&queue.mutex);
    while (queue.count == CAPACITY) {
        lks_cond_wait(&queue.not_full, &queue.mutex);
    }
    queue.items[(queue.first + queue.count++) % CAPACITY] = item;
    lks_mutex_unlock(&queue.mutex);
    lks_cond_signal(&queue.not_empty);
}

/* One producer less. The last one lets all go that wait for what will not come. */
static void end_producing(void)
{
    lks_mutex_lock(&queue.mutex);
    bool last = --queue.producers == 0;
    lks_mutex_unlock(&queue.mutex);
    if (last) {
        lks_cond_broadcast(&queue.not_empty);
    }
}

/* Returns false when there is nothing left, and nobody who could put something in. */
static bool take(uint32_t *item)
{
    lks_mutex_lock(&queue.mutex);
    while (queue.count == 0 && queue.producers > 0) {
        lks_cond_wait(&queue.not_empty, &queue.mutex);
    }
    bool taken = queue.count > 0;
    if (taken) {
        *item = queue.items[queue.first];
        queue.first = (queue.first + 1) % CAPACITY;
        queue.count--;
    }
    lks_mutex_unlock(&queue.mutex);
    if (taken) {
        lks_cond_signal(&queue.not_full);
    }
    return taken;
}

static uint32_t items; /* of each producer */
static uint64_t sums[MOST_THREADS];

static void *produce(void *unused)
{
    for (uint32_t i = 1; i <= items; i++) {
        put(i);
    }
    end_producing();
    return unused;
}

static void *consume(void *sum)
{
    uint32_t item;
    while (take(&item)) {
        *(uint64_t *)sum += item;
    }
    return NULL;
}

static void start(pthread_t *thread, void *(*run)(void *), void *argument)
{
    if (pthread_create(thread, NULL, run, argument) != 0) {
        (void)fputs("queue: cannot start a thread\n", stderr);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    static pthread_t threads[2 * MOST_THREADS];
    if (argc > 4) {
        (void)fputs("usage: queue [PRODUCERS [CONSUMERS [ITEMS]]]\n", stderr);
        return 2;
    }
    uint32_t producers =
        number_argument("queue", "PRODUCERS", argc > 1 ? argv[1] : NULL, 2, MOST_THREADS);
    uint32_t consumers =
        number_argument("queue", "CONSUMERS", argc > 2 ? argv[2] : NULL, 3, MOST_THREADS);
    items =
        number_argument("queue", "ITEMS", argc > 3 ? argv[3] : NULL, 20000, 1000000000);
    queue.producers = producers;
    for (uint32_t i = 0; i < producers; i++) {
        start(&threads[i], produce, NULL);
    }
    for (uint32_t i = 0; i < consumers; i++) {
        start(&threads[producers + i], consume, &sums[i]);
    }
    for (uint32_t i = 0; i < producers + consumers; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    uint64_t sum = 0;
    for (uint32_t i = 0; i < consumers; i++) {
        sum += sums[i];
    }
    uint64_t expected = (uint64_t)producers * items * ((uint64_t)items + 1) / 2;
    printf("queue: %u producers, %u consumers: sum %" PRIu64 " of %" PRIu64 "\n",
           (unsigned)producers, (unsigned)consumers, sum, expected);
    return sum == expected ? 0 : 1;
}

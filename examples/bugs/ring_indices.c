/* SPDX-License-Identifier: MIT */
/*
 * A ring for several consumers: the tail is read before the head, and is less than it.
 *
 *   lockcheck examples/bugs/ring_indices.c               wrong: assertion
 *   lockcheck examples/bugs/ring_indices.c --model=sc    verified
 *   lockcheck examples/bugs/ring_indices.c -- -DFIXED    verified
 *
 * OpenDataPlane, pull request 636 (2018, seen with more than 64 processors of Arm):
 * https://github.com/OpenDataPlane/odp/pull/636
 *
 * A consumer reads the head, where the next item is, and the tail, where the items end.
 * Head never passes tail, but a consumer may see the newest head and an old tail: the
 * difference is negative, and as an unsigned number it promises items without end.
 *
 * The repair: the head is read by an acquire, also where the compare-and-swap fails and
 * gives a new one. The consumer that moved the head had seen the tail that allowed it.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#ifdef FIXED
enum { READ_HEAD = memory_order_acquire };
#else
enum { READ_HEAD = memory_order_relaxed };
#endif

enum { SIZE = 4, CONSUMERS = 2 };

static atomic_uint head, tail;
static atomic_int slots[SIZE];

static void enqueue(int item)
{
    unsigned at = atomic_load_explicit(&tail, memory_order_relaxed);
    atomic_store_explicit(&slots[at % SIZE], item, memory_order_relaxed);
    atomic_store_explicit(&tail, at + 1, memory_order_release);
}

static int dequeue(void)
{
    unsigned first = atomic_load_explicit(&head, READ_HEAD);
    do {
        unsigned end = atomic_load_explicit(&tail, memory_order_acquire);
        assert(end - first <= SIZE);
        if (end == first) {
            return 0;
        }
    } while (!atomic_compare_exchange_strong_explicit(&head, &first, first + 1,
                                                      memory_order_acq_rel, READ_HEAD));
    return atomic_load_explicit(&slots[first % SIZE], memory_order_relaxed);
}

static void *consume(void *unused)
{
    (void)unused;
    dequeue();
    return NULL;
}

int main(void)
{
    pthread_t threads[CONSUMERS];
    for (int i = 0; i < CONSUMERS; i++) {
        pthread_create(&threads[i], NULL, consume, NULL);
    }
    enqueue(1);
    for (int i = 0; i < CONSUMERS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

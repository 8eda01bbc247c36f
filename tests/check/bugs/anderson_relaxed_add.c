/* SPDX-License-Identifier: MIT */
// expect: wrong race
// long: wrong race -DORDER=memory_order_acquire
// long: wrong race -DORDER=memory_order_release
// expect: verified -DORDER=memory_order_acq_rel
/*
 * Anderson's array lock, whose draw of a slot is too weak. It matters once the slots
 * wrap: the third in line comes to the first one's slot again, and may still find the
 * "go" there that the first one has taken away.
 */
#include <pthread.h>
#include <stdatomic.h>

#ifndef ORDER
#define ORDER memory_order_relaxed
#endif

enum { SLOTS = 2 };

static atomic_uint next;
static atomic_int may_enter[SLOTS] = {1};
static int counter;

static unsigned lock(void)
{
    unsigned slot = atomic_fetch_add_explicit(&next, 1, ORDER) % SLOTS;
    while (!atomic_load_explicit(&may_enter[slot], memory_order_acquire)) {
    }
    atomic_store_explicit(&may_enter[slot], 0, memory_order_relaxed);
    return slot;
}

static void unlock(unsigned slot)
{
    atomic_store_explicit(&may_enter[(slot + 1) % SLOTS], 1, memory_order_release);
}

static void *once(void *unused)
{
    (void)unused;
    unsigned slot = lock();
    counter++;
    unlock(slot);
    return NULL;
}

static void *twice(void *unused)
{
    once(unused);
    return once(unused);
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, once, NULL);
    pthread_create(&threads[1], NULL, twice, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* SRC: OpenDataPlane/odp PR #636 ring: ensure head and tail load order in dequeue (>64 ARM cpus)
   KIND: load-load order of two indices; tail older than head gives a huge count
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static _Atomic unsigned head, tail;
static _Atomic int slot[4];
static void *producer(void *p)
{
    for (unsigned i = 0; i < 2; i++) {
        atomic_store_explicit(&slot[i], (int)i + 1, memory_order_relaxed);
        atomic_store_explicit(&tail, i + 1, memory_order_release);
    }
    return p;
}
static void *consumer(void *p)
{
    unsigned h, t;
#ifdef FIXED
    h = atomic_load_explicit(&head, memory_order_acquire);
#else
    h = atomic_load_explicit(&head, memory_order_relaxed);
#endif
    do {
        t = atomic_load_explicit(&tail, memory_order_acquire);
        assert(t - h <= 4);
        if (t == h)
            return p;
    } while (!atomic_compare_exchange_weak_explicit(&head, &h, h + 1,
                                                    memory_order_acq_rel,
#ifdef FIXED
                                                    memory_order_acquire
#else
                                                    memory_order_relaxed
#endif
                                                    ));
    assert(atomic_load_explicit(&slot[h], memory_order_relaxed) == (int)h + 1);
    return p;
}
int main(void)
{
    pthread_t t[3];
    pthread_create(&t[0], NULL, producer, NULL);
    pthread_create(&t[1], NULL, consumer, NULL);
    pthread_create(&t[2], NULL, consumer, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    return 0;
}

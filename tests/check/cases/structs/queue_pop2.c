/* SPDX-License-Identifier: MIT */
// A "natural" one: a ring buffer of struct items without a lock; items are returned by value.
#include <pthread.h>
#include <stdatomic.h>
struct item {
    long key, value, stamp;
};
static struct item ring[2];
static atomic_int tail;
static volatile long sink;
static struct item make(long k)
{
    struct item i = {k, k + 1, k + 2};
    return i;
}
static long use(struct item i)
{
    return i.key + i.value + i.stamp;
}
static void *producer(void *u)
{
    ring[0] = make(1);
    atomic_store_explicit(&tail, 1, memory_order_relaxed);
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, producer, 0);
    if (atomic_load_explicit(&tail, memory_order_relaxed) == 1)
        sink = use(ring[0]); /* relaxed: not ordered after the producer's write */
    pthread_join(t, 0);
}

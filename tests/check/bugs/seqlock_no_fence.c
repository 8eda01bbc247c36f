/* SPDX-License-Identifier: MIT */
// expect: wrong assertion
// expect: verified -DFENCE
/*
 * A sequence lock whose reader has no fence between the data and its second look at the
 * version: that look may come too early (Boehm, "Can seqlocks get along with programming
 * language memory models?", 2012).
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_uint version;
static atomic_int left, right;

static void *write_both(void *unused)
{
    (void)unused;
    atomic_store_explicit(&version, 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&left, 7, memory_order_relaxed);
    atomic_store_explicit(&right, 7, memory_order_relaxed);
    atomic_store_explicit(&version, 2, memory_order_release);
    return NULL;
}

static void *read_both(void *unused)
{
    (void)unused;
    unsigned before = atomic_load_explicit(&version, memory_order_acquire);
    int a = atomic_load_explicit(&left, memory_order_relaxed);
    int b = atomic_load_explicit(&right, memory_order_relaxed);
#ifdef FENCE
    atomic_thread_fence(memory_order_acquire);
#endif
    unsigned after = atomic_load_explicit(&version, memory_order_relaxed);
    if (before == after && before % 2 == 0) {
        assert(a == b);
    }
    return NULL;
}

int main(void)
{
    pthread_t writer, reader;
    pthread_create(&writer, NULL, write_both, NULL);
    pthread_create(&reader, NULL, read_both, NULL);
    pthread_join(writer, NULL);
    pthread_join(reader, NULL);
    return 0;
}

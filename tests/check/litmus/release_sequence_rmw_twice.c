/* SPDX-License-Identifier: MIT */
/*
 * Two additions of two threads: the reader that sees the sum acquires from the first
 * store through both.
 */
// case ADD=relaxed: 36 executions, forbidden
// long ADD=acq_rel: 36 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef ADD
#define ADD memory_order_relaxed
#endif

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_store_explicit(&flag, 1, memory_order_release);
    return NULL;
}

static void *both(void *unused)
{
    (void)unused;
    atomic_fetch_add_explicit(&flag, 1, ADD);
    return NULL;
}

static void *fourth(void *unused)
{
    (void)unused;
    seen = atomic_load_explicit(&flag, memory_order_acquire);
    got = atomic_load_explicit(&message, memory_order_relaxed);
    return NULL;
}

int main(void)
{
    pthread_t threads[4];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, both, NULL);
    pthread_create(&threads[2], NULL, both, NULL);
    pthread_create(&threads[3], NULL, fourth, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_join(threads[2], NULL);
    pthread_join(threads[3], NULL);
#ifdef CHECK
    assert(!(seen == 3 && got == 0));
#endif
    return 0;
}

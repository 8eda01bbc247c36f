/* SPDX-License-Identifier: MIT */
/*
 * A later store of the same thread continued a release sequence until C++20 took that
 * away.
 */
// case STORE=release STORE1=relaxed LOAD=acquire: 5 executions, allowed
// long STORE=release STORE1=release LOAD=acquire: 4 executions, forbidden
// long STORE=relaxed STORE1=release LOAD=acquire: 5 executions, forbidden
// with --release-sequences=same-thread
// case STORE=release STORE1=relaxed LOAD=acquire: 4 executions, forbidden
// long STORE=relaxed STORE1=relaxed LOAD=acquire: 6 executions, allowed
// long STORE=release STORE1=relaxed LOAD=relaxed: 6 executions, allowed

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_relaxed
#endif
#ifndef STORE1
#define STORE1 memory_order_relaxed
#endif
#ifndef LOAD
#define LOAD memory_order_relaxed
#endif

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_store_explicit(&flag, 1, STORE);
    atomic_store_explicit(&flag, 2, STORE1);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    seen = atomic_load_explicit(&flag, LOAD);
    got = atomic_load_explicit(&message, memory_order_relaxed);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
#ifdef CHECK
    assert(!(seen == 2 && got == 0));
#endif
    return 0;
}

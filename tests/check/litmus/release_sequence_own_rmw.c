/* SPDX-License-Identifier: MIT */
/*
 * A release sequence goes on in the same thread's read-modify-write.
 */
// long STORE=release ADD=relaxed LOAD=acquire: 4 executions, forbidden
// long STORE=relaxed ADD=relaxed LOAD=acquire: 6 executions, allowed
// long STORE=relaxed ADD=release LOAD=acquire: 5 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_relaxed
#endif
#ifndef ADD
#define ADD memory_order_relaxed
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
    atomic_fetch_add_explicit(&flag, 1, ADD);
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

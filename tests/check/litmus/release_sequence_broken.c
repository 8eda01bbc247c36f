/* SPDX-License-Identifier: MIT */
/*
 * A store of another thread always ends a release sequence, whatever comes before it in
 * the order of the flag's values.
 */
// long STORE=relaxed LOAD=acquire: 10 executions, allowed
// long STORE=release LOAD=acquire: 10 executions, allowed
// with --release-sequences=same-thread
// long STORE=relaxed LOAD=acquire: 10 executions, allowed

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_relaxed
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
    atomic_store_explicit(&flag, 1, memory_order_release);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&flag, 2, STORE);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    seen = atomic_load_explicit(&flag, LOAD);
    got = atomic_load_explicit(&message, memory_order_relaxed);
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_create(&threads[2], NULL, third, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_join(threads[2], NULL);
#ifdef CHECK
    assert(!(seen == 2 && got == 0));
#endif
    return 0;
}

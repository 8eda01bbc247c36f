/* SPDX-License-Identifier: MIT */
/*
 * A release fence makes every later store of its thread the head of a release sequence.
 */
// long FENCE0=release ADD=relaxed LOAD=acquire: 16 executions, forbidden
// long FENCE0=release ADD=relaxed LOAD=relaxed FENCE1=acquire: 16 executions, forbidden
// long FENCE0=acquire ADD=relaxed LOAD=acquire: 24 executions, allowed
// long FENCE0=seq_cst ADD=relaxed LOAD=relaxed FENCE1=seq_cst: 16 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef ADD
#define ADD memory_order_relaxed
#endif
#ifndef LOAD
#define LOAD memory_order_relaxed
#endif
#ifndef FENCE0
#define FENCE0 memory_order_relaxed /* a relaxed fence is none */
#endif
#ifndef FENCE1
#define FENCE1 memory_order_relaxed
#endif

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_thread_fence(FENCE0);
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
    atomic_store_explicit(&flag, 2, memory_order_relaxed);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_fetch_add_explicit(&flag, 1, ADD);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    seen = atomic_load_explicit(&flag, LOAD);
    atomic_thread_fence(FENCE1);
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
    assert(!(seen == 3 && got == 0));
#endif
    return 0;
}

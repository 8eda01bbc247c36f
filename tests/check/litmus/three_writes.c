/* SPDX-License-Identifier: MIT */
/*
 * Three writes of one variable come in any of six orders.
 */
// long STORE=relaxed: 6 executions, forbidden
// long STORE=seq_cst: 6 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_relaxed
#endif

static atomic_int x;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 2, STORE);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 3, STORE);
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
    int final = atomic_load(&x);
    assert(!(final == 0));
#endif
    return 0;
}

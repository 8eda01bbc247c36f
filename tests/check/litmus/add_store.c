/* SPDX-License-Identifier: MIT */
/*
 * A store comes before an addition or after it, never in its midst.
 */
// long ADD=relaxed STORE=relaxed: 2 executions, forbidden
// long ADD=seq_cst STORE=seq_cst: 2 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef ADD
#define ADD memory_order_relaxed
#endif
#ifndef STORE
#define STORE memory_order_relaxed
#endif

static atomic_int x;
static int a;

static void *first(void *unused)
{
    (void)unused;
    a = atomic_fetch_add_explicit(&x, 1, ADD);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 5, STORE);
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
    int final = atomic_load(&x);
    assert(!(final == 1));
#endif
    return 0;
}

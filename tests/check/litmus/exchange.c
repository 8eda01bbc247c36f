/* SPDX-License-Identifier: MIT */
/*
 * Three threads exchange their number for what is there: each number, and the 0 at
 * first, comes out once or stays.
 */
// long SWAP=relaxed: 6 executions, forbidden
// long SWAP=acq_rel: 6 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef SWAP
#define SWAP memory_order_relaxed
#endif

static atomic_int x;
static int a, b, c;

static void *first(void *unused)
{
    (void)unused;
    a = atomic_exchange_explicit(&x, 1, SWAP);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    b = atomic_exchange_explicit(&x, 2, SWAP);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    c = atomic_exchange_explicit(&x, 3, SWAP);
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
    assert(!(a + b + c + final != 6));
#endif
    return 0;
}

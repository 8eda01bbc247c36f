/* SPDX-License-Identifier: MIT */
/*
 * Two additions never miss each other.
 */
// case ADD=relaxed: 2 executions, forbidden
// long ADD=seq_cst: 2 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef ADD
#define ADD memory_order_relaxed
#endif

static atomic_int x;

static void *both(void *unused)
{
    (void)unused;
    atomic_fetch_add_explicit(&x, 1, ADD);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, both, NULL);
    pthread_create(&threads[1], NULL, both, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final != 2));
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * An increment made of a load and a store is not one: updates are lost.
 */
// long LOAD=relaxed STORE=relaxed: 4 executions, allowed
// long LOAD=seq_cst STORE=seq_cst: 4 executions, allowed
// long LOAD=acquire STORE=release: 4 executions, allowed
// with --model=sc
// long LOAD=seq_cst STORE=seq_cst: 4 executions, allowed

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef LOAD
#define LOAD memory_order_relaxed
#endif
#ifndef STORE
#define STORE memory_order_relaxed
#endif

static atomic_int x;
static int a, b;

static void *first(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&x, LOAD);
    atomic_store_explicit(&x, a + 1, STORE);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    b = atomic_load_explicit(&x, LOAD);
    atomic_store_explicit(&x, b + 1, STORE);
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
    assert(!(final != 2));
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Coherence of two reads (CoRR): they may not see two writes of one variable in the
 * wrong order, even relaxed.
 */
// case LOAD0=relaxed LOAD1=relaxed: 3 executions, forbidden
// long LOAD0=acquire LOAD1=relaxed: 3 executions, forbidden
// long LOAD0=seq_cst LOAD1=seq_cst: 3 executions, forbidden
// with --model=sc
// long LOAD0=relaxed LOAD1=relaxed: 3 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef LOAD0
#define LOAD0 memory_order_relaxed
#endif
#ifndef LOAD1
#define LOAD1 memory_order_relaxed
#endif

static atomic_int x;
static int a, b;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&x, LOAD0);
    b = atomic_load_explicit(&x, LOAD1);
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
    assert(!(a == 1 && b == 0));
#endif
    return 0;
}

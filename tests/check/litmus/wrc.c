/* SPDX-License-Identifier: MIT */
/*
 * Write to read causality: who sees what was written by one who had seen x, must he see
 * x? The last write must release and the last read acquire; the one in the middle may be
 * relaxed, because reads of x that happen one after the other agree.
 */
// long STORE0=relaxed LOAD1=relaxed STORE1=relaxed LOAD2=relaxed: 8 executions, allowed
// case STORE0=release LOAD1=acquire STORE1=release LOAD2=acquire: 7 executions, forbidden
// long STORE0=release LOAD1=acquire STORE1=release LOAD2=relaxed: 8 executions, allowed
// long STORE0=release LOAD1=acquire STORE1=relaxed LOAD2=acquire: 8 executions, allowed
// long STORE0=release LOAD1=relaxed STORE1=release LOAD2=acquire: 7 executions, forbidden
// long STORE0=relaxed LOAD1=acquire STORE1=release LOAD2=acquire: 7 executions, forbidden
// long FENCE1=acq_rel FENCE2=acquire: 7 executions, forbidden
// long FENCE1=release FENCE2=acquire: 7 executions, forbidden
// long FENCE1=seq_cst FENCE2=seq_cst: 7 executions, forbidden
// long STORE0=release FENCE1=acq_rel FENCE2=acquire: 7 executions, forbidden
// long STORE0=seq_cst LOAD1=seq_cst STORE1=seq_cst LOAD2=seq_cst: 7 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE0
#define STORE0 memory_order_relaxed
#endif
#ifndef LOAD1
#define LOAD1 memory_order_relaxed
#endif
#ifndef FENCE1
#define FENCE1 memory_order_relaxed /* a relaxed fence is none */
#endif
#ifndef STORE1
#define STORE1 memory_order_relaxed
#endif
#ifndef LOAD2
#define LOAD2 memory_order_relaxed
#endif
#ifndef FENCE2
#define FENCE2 memory_order_relaxed
#endif

static atomic_int x, y;
static int a, b, c;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE0);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&x, LOAD1);
    atomic_thread_fence(FENCE1);
    atomic_store_explicit(&y, 1, STORE1);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    b = atomic_load_explicit(&y, LOAD2);
    atomic_thread_fence(FENCE2);
    c = atomic_load_explicit(&x, memory_order_relaxed);
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
    assert(!(a == 1 && b == 1 && c == 0));
#endif
    return 0;
}

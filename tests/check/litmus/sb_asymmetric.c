/* SPDX-License-Identifier: MIT */
/*
 * Store buffering with asymmetric fences: a light fence does what a full one does if the
 * other thread's is heavy, and nothing else.
 */
// case FENCE1=light FENCE2=heavy: 3 executions, forbidden
// case FENCE1=light FENCE2=light: 4 executions, allowed
// case FENCE1=light FENCE2=seq_cst: 4 executions, allowed
// long FENCE1=heavy FENCE2=light: 3 executions, forbidden
// long FENCE1=heavy FENCE2=heavy: 3 executions, forbidden
// long FENCE1=heavy FENCE2=seq_cst: 3 executions, forbidden
// long FENCE1=heavy FENCE2=acq_rel: 4 executions, allowed
// long FENCE1=light STORE2=seq_cst LOAD2=seq_cst: 4 executions, allowed
// long FENCE1=heavy STORE2=seq_cst LOAD2=seq_cst: 3 executions, forbidden
// case STORE1=seq_cst FENCE1=light STORE2=seq_cst LOAD2=seq_cst: 4 executions, allowed
// case FENCE1=light LOAD1=seq_cst STORE2=seq_cst LOAD2=seq_cst: 4 executions, allowed
// with --model=sc
// long FENCE1=light FENCE2=light: 3 executions, forbidden
// with --model=tso
// long FENCE1=light FENCE2=heavy: 3 executions, forbidden
// long FENCE1=light FENCE2=light: 4 executions, allowed
// long FENCE1=light FENCE2=seq_cst: 4 executions, allowed

#include <pthread.h>

#include "asymmetric.h"

#ifndef STORE1
#define STORE1 memory_order_relaxed
#endif
#ifndef LOAD1
#define LOAD1 memory_order_relaxed
#endif
#ifndef STORE2
#define STORE2 memory_order_relaxed
#endif
#ifndef FENCE2
#define FENCE2 memory_order_relaxed /* a relaxed fence is none */
#endif
#ifndef LOAD2
#define LOAD2 memory_order_relaxed
#endif

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, STORE1);
    fence(FENCE1);
    a = atomic_load_explicit(&y, LOAD1);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 1, STORE2);
    fence(FENCE2);
    b = atomic_load_explicit(&x, LOAD2);
    return NULL;
}

int main(void)
{
    allow_heavy();
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
#ifdef CHECK
    assert(!(a == 0 && b == 0));
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * WWC: a write lands before one that its writer knows of, through a third thread.
 */
// long STORE0=relaxed LOAD=relaxed STORE=relaxed: 10 executions, allowed
// long STORE0=release LOAD=acquire STORE=release: 9 executions, forbidden
// long STORE0=relaxed LOAD=acquire STORE=release: 9 executions, forbidden
// long STORE0=seq_cst LOAD=seq_cst STORE=seq_cst: 9 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE0
#define STORE0 memory_order_relaxed
#endif
#ifndef LOAD
#define LOAD memory_order_relaxed
#endif
#ifndef STORE
#define STORE memory_order_relaxed
#endif

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 2, STORE0);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&x, LOAD);
    atomic_store_explicit(&y, 1, STORE);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    b = atomic_load_explicit(&y, LOAD);
    atomic_store_explicit(&x, 1, STORE);
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
    assert(!(a == 2 && b == 1 && final == 2));
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Two seq_cst writes of one variable are not as good as one (WWmerge of Lahav et al.): a
 * compiler may merge them, RC11 says.
 */
// case LOAD=acquire: 18 executions, allowed
// long LOAD=seq_cst: 15 executions, forbidden
// long LOAD=relaxed: 18 executions, allowed

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef LOAD
#define LOAD memory_order_relaxed
#endif

static atomic_int x, y;
static int a, b, c;

static void *first(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&x, LOAD);
    b = atomic_load_explicit(&y, memory_order_seq_cst);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, memory_order_seq_cst);
    atomic_store_explicit(&x, 2, memory_order_seq_cst);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 1, memory_order_seq_cst);
    c = atomic_load_explicit(&x, memory_order_seq_cst);
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
    assert(!(a == 2 && b == 0 && c == 0));
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Independent reads of independent writes, with asymmetric fences between the reads.
 */
// case FENCE1=light FENCE2=heavy: 15 executions, forbidden
// case FENCE1=light FENCE2=light: 16 executions, allowed
// long FENCE1=heavy FENCE2=heavy: 15 executions, forbidden
// long FENCE1=light FENCE2=seq_cst: 16 executions, allowed
// long FENCE1=heavy FENCE2=seq_cst: 15 executions, forbidden

#include <pthread.h>

#include "asymmetric.h"

static atomic_int x, y;
static int a, b, c, d;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 1, memory_order_relaxed);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&x, memory_order_relaxed);
    fence(FENCE1);
    b = atomic_load_explicit(&y, memory_order_relaxed);
    return NULL;
}

static void *fourth(void *unused)
{
    (void)unused;
    c = atomic_load_explicit(&y, memory_order_relaxed);
    fence(FENCE2);
    d = atomic_load_explicit(&x, memory_order_relaxed);
    return NULL;
}

int main(void)
{
    allow_heavy();
    pthread_t threads[4];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_create(&threads[2], NULL, third, NULL);
    pthread_create(&threads[3], NULL, fourth, NULL);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
#ifdef CHECK
    assert(!(a == 1 && b == 0 && c == 1 && d == 0));
#endif
    return 0;
}

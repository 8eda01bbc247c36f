/* SPDX-License-Identifier: MIT */
/*
 * Store buffering around a ring of three threads: two neighbours with light fences are
 * enough to break it.
 */
// long FENCE1=light FENCE2=light FENCE3=light: 8 executions, allowed
// case FENCE1=light FENCE2=light FENCE3=heavy: 8 executions, allowed
// case FENCE1=light FENCE2=heavy FENCE3=heavy: 7 executions, forbidden
// long FENCE1=heavy FENCE2=heavy FENCE3=heavy: 7 executions, forbidden
// long FENCE1=light FENCE2=seq_cst FENCE3=heavy: 8 executions, allowed

#include <pthread.h>

#include "asymmetric.h"

static atomic_int x, y, z;
static int a, b, c;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    fence(FENCE1);
    a = atomic_load_explicit(&y, memory_order_relaxed);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 1, memory_order_relaxed);
    fence(FENCE2);
    b = atomic_load_explicit(&z, memory_order_relaxed);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    atomic_store_explicit(&z, 1, memory_order_relaxed);
    fence(FENCE3);
    c = atomic_load_explicit(&x, memory_order_relaxed);
    return NULL;
}

int main(void)
{
    allow_heavy();
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_create(&threads[2], NULL, third, NULL);
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
#ifdef CHECK
    assert(!(a == 0 && b == 0 && c == 0));
#endif
    return 0;
}

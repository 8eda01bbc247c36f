/* SPDX-License-Identifier: MIT */
/*
 * A light fence has its place in happens-before, and so among the seq_cst accesses: a
 * heavy fence that comes before it also comes before the accesses that it happens before.
 *
 *   x = 1 (sc)      y = 1            read z → 1 (acquire)      z = 3 (sc), in the end
 *   heavy           light            z = 2 (sc)                read x → 0 (sc)
 *   read y → 0      z = 1 (release)
 */
// case FENCE=light: 47 executions, forbidden
// long FENCE=heavy: 42 executions, forbidden
// long FENCE=relaxed: 48 executions, allowed

#include <pthread.h>

#include "asymmetric.h"

static atomic_int x, y, z;
static int a, b, c;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, memory_order_seq_cst);
    fence(memory_order_heavy);
    a = atomic_load_explicit(&y, memory_order_relaxed);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    atomic_store_explicit(&y, 1, memory_order_relaxed);
    fence(FENCE);
    atomic_store_explicit(&z, 1, memory_order_release);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    b = atomic_load_explicit(&z, memory_order_acquire);
    atomic_store_explicit(&z, 2, memory_order_seq_cst);
    return NULL;
}

static void *fourth(void *unused)
{
    (void)unused;
    atomic_store_explicit(&z, 3, memory_order_seq_cst);
    c = atomic_load_explicit(&x, memory_order_seq_cst);
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
    int last = atomic_load_explicit(&z, memory_order_relaxed);
    assert(!(a == 0 && b == 1 && c == 0 && last == 3));
#endif
    return 0;
}

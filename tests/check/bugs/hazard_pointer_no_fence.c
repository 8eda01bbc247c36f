/* SPDX-License-Identifier: MIT */
// expect: wrong use after free|race
/*
 * A hazard pointer that is set with a release store and no fence behind it: the
 * reclaimer may miss it, although the reader has looked again and found the node still
 * in place.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int *_Atomic shared;
static atomic_int *_Atomic hazard;

static void *use(void *unused)
{
    (void)unused;
    atomic_int *node = atomic_load_explicit(&shared, memory_order_acquire);
    atomic_store_explicit(&hazard, node, memory_order_release);
    /* wrong: a seq_cst fence is missing here */
    if (node != NULL && atomic_load_explicit(&shared, memory_order_acquire) == node) {
        atomic_fetch_add_explicit(node, 1, memory_order_relaxed);
    }
    atomic_store_explicit(&hazard, NULL, memory_order_release);
    return NULL;
}

static void *reclaim(void *unused)
{
    (void)unused;
    atomic_int *node = atomic_exchange_explicit(&shared, NULL, memory_order_acq_rel);
    if (atomic_load_explicit(&hazard, memory_order_acquire) != node) {
        free(node);
    }
    return NULL;
}

int main(void)
{
    atomic_int *first = malloc(sizeof *first);
    atomic_init(first, 1);
    atomic_store(&shared, first);
    pthread_t user, reclaimer;
    pthread_create(&user, NULL, use, NULL);
    pthread_create(&reclaimer, NULL, reclaim, NULL);
    pthread_join(user, NULL);
    pthread_join(reclaimer, NULL);
    return 0;
}

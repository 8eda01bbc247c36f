/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/mcs_tree_barrier.h, and its two catalog entries. */
#define LKS_INLINE
#include <lockstep/barrier.h>
#include <lockstep/mcs_tree_barrier.h>

#include "catalog.h"

/* The nodes lie behind the barrier, from the next cache line on. */
enum { OFFSET = LKS_WHOLE_LINES(sizeof(lks_mcs_tree_barrier_t)) };

static size_t mcs_tree_size(uint32_t nthreads)
{
    return OFFSET + (size_t)nthreads * sizeof(lks_mcs_tree_barrier_node_t);
}

static int init_waiting(void *barrier, uint32_t nthreads, lks_wait_mode_t mode)
{
    void *nodes = barrier == NULL ? NULL : (char *)barrier + OFFSET;
    return lks_mcs_tree_barrier_init_waiting(barrier, nthreads, nodes, mode);
}

BARRIER_CALLS(mcs_tree)

static void mcs_tree_age(void *barrier)
{
    lks_mcs_tree_barrier_t *tree = barrier;
    for (uint32_t i = 0; i < tree->nthreads; i++) {
        for (int child = 0; child < 4; child++) {
            atomic_store_explicit(&tree->nodes[i].arrived[child], UINT32_MAX - 3,
                                  memory_order_relaxed);
        }
        atomic_store_explicit(&tree->nodes[i].woken, UINT32_MAX - 3,
                              memory_order_relaxed);
    }
}

/* What both classes share. */
#define COMMON                                                                           \
    .paper = "Mellor-Crummey, Scott: Algorithms for Scalable Synchronization on "        \
             "Shared-Memory Multiprocessors, 1991",                                      \
    .size = mcs_tree_size, .wait = mcs_tree_wait, .destroy = mcs_tree_destroy,           \
    .age = mcs_tree_age

const lks_barrier_class_t lks_mcs_tree_barrier_class = {
    .name = "mcs_tree",
    .summary = "arrival up a 4-ary tree, wake-up down a binary one",
    .init = mcs_tree_init,
    COMMON,
};

const lks_barrier_class_t lks_mcs_tree_sleep_barrier_class = {
    .name = "mcs_tree_sleep",
    .summary = "mcs_tree, with threads that sleep while they wait",
    .traits = LKS_BARRIER_SLEEPS,
    .init = mcs_tree_sleep_init,
    COMMON,
};

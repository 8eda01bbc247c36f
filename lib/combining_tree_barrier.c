/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/combining_tree_barrier.h, and its two catalog entries. */
#define LKS_INLINE
#include <lockstep/barrier.h>
#include <lockstep/combining_tree_barrier.h>

#include "catalog.h"

/* The nodes lie behind the barrier, from the next cache line on. */
enum { OFFSET = LKS_WHOLE_LINES(sizeof(lks_combining_tree_barrier_t)) };

static size_t combining_tree_size(uint32_t nthreads)
{
    return OFFSET +
           lks_combining_tree_barrier_nodes(nthreads, LKS_COMBINING_TREE_BARRIER_FAN_IN) *
               sizeof(lks_combining_tree_barrier_node_t);
}

static int init_waiting(void *barrier, uint32_t nthreads, lks_wait_mode_t mode)
{
    void *nodes = barrier == NULL ? NULL : (char *)barrier + OFFSET;
    return lks_combining_tree_barrier_init_waiting(
        barrier, nthreads, LKS_COMBINING_TREE_BARRIER_FAN_IN, nodes, mode);
}

BARRIER_CALLS(combining_tree)

static void combining_tree_age(void *barrier)
{
    lks_combining_tree_barrier_t *tree = barrier;
    size_t count = lks_combining_tree_barrier_nodes(tree->nthreads, tree->fan_in);
    for (size_t i = 0; i < count; i++) {
        atomic_store_explicit(&tree->nodes[i].sense, UINT32_MAX - 3,
                              memory_order_relaxed);
    }
}

/* What both classes share. */
#define COMMON                                                                           \
    .paper = "Yew, Tzeng, Lawrie: Distributing Hot-Spot Addressing in Large-Scale "      \
             "Multiprocessors, 1987",                                                    \
    .size = combining_tree_size, .wait = combining_tree_wait,                            \
    .destroy = combining_tree_destroy, .age = combining_tree_age

const lks_barrier_class_t lks_combining_tree_barrier_class = {
    .name = "combining_tree",
    .summary = "a tree of small central barriers",
    .init = combining_tree_init,
    COMMON,
};

const lks_barrier_class_t lks_combining_tree_sleep_barrier_class = {
    .name = "combining_tree_sleep",
    .summary = "combining_tree, with threads that sleep while they wait",
    .traits = LKS_BARRIER_SLEEPS,
    .init = combining_tree_sleep_init,
    COMMON,
};

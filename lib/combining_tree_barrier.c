/* SPDX-License-Identifier: MIT */
#define LKS_INLINE
#include <lockstep/barrier.h>
#include <lockstep/combining_tree_barrier.h>

/* The nodes lie behind the barrier, from the next cache line on. */
enum { OFFSET = LKS_WHOLE_LINES(sizeof(lks_combining_tree_barrier_t)) };

static size_t combining_tree_size(uint32_t nthreads)
{
    return OFFSET +
           lks_combining_tree_barrier_nodes(nthreads, LKS_COMBINING_TREE_BARRIER_FAN_IN) *
               sizeof(lks_combining_tree_barrier_node_t);
}

static int combining_tree_init(void *barrier, uint32_t nthreads)
{
    void *nodes = barrier == NULL ? NULL : (char *)barrier + OFFSET;
    return lks_combining_tree_barrier_init(barrier, nthreads,
                                           LKS_COMBINING_TREE_BARRIER_FAN_IN, nodes);
}

static void combining_tree_wait(void *barrier, uint32_t thread_index)
{
    lks_combining_tree_barrier_wait(barrier, thread_index);
}

static void combining_tree_destroy(void *barrier)
{
    lks_combining_tree_barrier_destroy(barrier);
}

static void combining_tree_age(void *barrier)
{
    lks_combining_tree_barrier_t *tree = barrier;
    size_t count = lks_combining_tree_barrier_nodes(tree->nthreads, tree->fan_in);
    for (size_t i = 0; i < count; i++) {
        atomic_store_explicit(&tree->nodes[i].sense, UINT32_MAX - 1,
                              memory_order_relaxed);
    }
}

const lks_barrier_class_t lks_combining_tree_barrier_class = {
    .name = "combining_tree",
    .summary = "a tree of small central barriers",
    .paper = "Yew, Tzeng, Lawrie: Distributing Hot-Spot Addressing in Large-Scale "
             "Multiprocessors, 1987",
    .size = combining_tree_size,
    .init = combining_tree_init,
    .wait = combining_tree_wait,
    .destroy = combining_tree_destroy,
    .age = combining_tree_age,
};

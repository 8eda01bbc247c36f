/* SPDX-License-Identifier: MIT */
/*
 * Software combining tree barrier: a tree of small central barriers.
 *
 * Threads arrive at the leaves, `fan_in` to a leaf. The last to arrive at a node goes on
 * to its parent; the others wait at the node. The thread that is last at the root
 * reverses the root's sense, and each thread on its way back down reverses the sense of
 * the nodes it came by. No counter is shared by more than `fan_in` threads. Six threads,
 * fan-in 2:
 *
 *                     root
 *                    /    \
 *                  .        .
 *                /   \       \
 *              leaf  leaf    leaf
 *              0 1   2 3     4 5
 *
 *   cost       O(n) remote references an episode, O(log n) of them one after the other.
 *              Space: two cache lines a node, about n / (fan_in − 1) nodes. If waiters
 *              sleep: a read-modify-write more at each node, and system calls.
 *   progress   nobody leaves an episode before everybody has entered it.
 *   lifetime   may be freed, moved or used again when all threads have returned from
 *              wait; not by the first that returns, for the others may still have to
 *              look.
 *
 * P.-C. Yew, N.-F. Tzeng, D. H. Lawrie: Distributing Hot-Spot Addressing in Large-Scale
 * Multiprocessors. IEEE Transactions on Computers C-36(4), 1987.
 */
#ifndef LOCKSTEP_COMBINING_TREE_BARRIER_H
#define LOCKSTEP_COMBINING_TREE_BARRIER_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

#define LKS_COMBINING_TREE_BARRIER_FAN_IN 4

typedef struct lks_combining_tree_barrier_node {
    /* Children that have yet to arrive. */
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) missing;
    uint32_t fan_in;      /* children that it has */
    lks_wait_mode_t mode; /* here, since the last to arrive has the line in any case */
    struct lks_combining_tree_barrier_node *parent; /* NULL: this is the root */
    /* The episode, by twos, modulo 2³², and perhaps LKS_ASLEEP. */
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) sense;
} lks_combining_tree_barrier_node_t;

typedef struct lks_combining_tree_barrier {
    lks_combining_tree_barrier_node_t *nodes; /* leaves first, the root last */
    uint32_t nthreads;
    uint32_t fan_in;
} lks_combining_tree_barrier_t;

/* Returns how many nodes a barrier for `nthreads` threads needs; 0 for nthreads == 0 or
   fan_in < 2. */
LKS_INLINE size_t lks_combining_tree_barrier_nodes(uint32_t nthreads, uint32_t fan_in)
{
    if (nthreads == 0 || fan_in < 2) {
        return 0;
    }
    size_t count = 1;
    for (uint32_t width = nthreads; width > fan_in;) {
        width = (width - 1) / fan_in + 1;
        count += width;
    }
    return count;
}

/*
 * Makes *barrier a barrier for `nthreads` threads on the caller's array of
 * lks_combining_tree_barrier_nodes(nthreads, fan_in) nodes, which belongs to the barrier
 * until lks_combining_tree_barrier_destroy. The threads wait as
 * `mode` says.
 * Returns 0, or EINVAL for a null or misaligned pointer, nthreads == 0, fan_in < 2 or no
 * such way to wait.
 */
LKS_INLINE int lks_combining_tree_barrier_init_waiting(
    lks_combining_tree_barrier_t *barrier, uint32_t nthreads, uint32_t fan_in,
    lks_combining_tree_barrier_node_t *nodes, lks_wait_mode_t mode)
{
    if (barrier == LKS_NULL || nodes == LKS_NULL || nthreads == 0 || fan_in < 2 ||
        !lks_is_wait_mode(mode) || LKS_ADDRESS(nodes) % LKS_CACHE_LINE != 0) {
        return EINVAL;
    }
    barrier->nodes = nodes;
    barrier->nthreads = nthreads;
    barrier->fan_in = fan_in;
    /* A level at a time: `below` threads or nodes share the level's `width` nodes. */
    for (uint32_t below = nthreads, width; nodes != LKS_NULL; below = width) {
        width = (below - 1) / fan_in + 1;
        lks_combining_tree_barrier_node_t *parents =
            width == 1 ? LKS_NULL : nodes + width;
        for (uint32_t i = 0; i < width; i++) {
            uint32_t children = i + 1 < width ? fan_in : below - i * fan_in;
            atomic_store_explicit(&nodes[i].missing, children, memory_order_relaxed);
            nodes[i].fan_in = children;
            nodes[i].mode = mode;
            nodes[i].parent = parents == LKS_NULL ? LKS_NULL : &parents[i / fan_in];
            atomic_store_explicit(&nodes[i].sense, 0, memory_order_relaxed);
        }
        nodes = parents;
    }
    return 0;
}

/* The same, with threads that yield while they wait. */
LKS_INLINE int lks_combining_tree_barrier_init(lks_combining_tree_barrier_t *barrier,
                                               uint32_t nthreads, uint32_t fan_in,
                                               lks_combining_tree_barrier_node_t *nodes)
{
    return lks_combining_tree_barrier_init_waiting(barrier, nthreads, fan_in, nodes,
                                                   LKS_WAIT_YIELD);
}

/* Arrives at *node, as one of its children, and waits until its sense is reversed. */
LKS_INLINE void lks_combining_tree_barrier_arrive(lks_combining_tree_barrier_node_t *node)
{
    /* The orders are those of the central barrier. */
    uint32_t sense =
        atomic_load_explicit(&node->sense, memory_order_relaxed) & ~LKS_ASLEEP;
    if (atomic_fetch_sub_explicit(&node->missing, 1, memory_order_acq_rel) == 1) {
        if (node->parent != LKS_NULL) {
            lks_combining_tree_barrier_arrive(node->parent);
        }
        atomic_store_explicit(&node->missing, node->fan_in, memory_order_relaxed);
        lks_change(&node->sense, sense + 2, node->mode == LKS_WAIT_SLEEP);
    } else {
        lks_await_change(&node->sense, sense, &node->mode);
    }
}

/*
 * Waits until all threads have called it. What each wrote before, all see after.
 * `thread_index`: 0 ≤ thread_index < nthreads, each by one thread.
 */
LKS_INLINE void lks_combining_tree_barrier_wait(lks_combining_tree_barrier_t *barrier,
                                                uint32_t thread_index)
{
    lks_check(thread_index < barrier->nthreads, "thread index out of range", barrier);
    lks_combining_tree_barrier_arrive(&barrier->nodes[thread_index / barrier->fan_in]);
}

/* Ends the barrier's life; nobody waits at it. The nodes are the caller's again. */
LKS_INLINE void lks_combining_tree_barrier_destroy(lks_combining_tree_barrier_t *barrier)
{
    (void)barrier;
#ifdef LKS_CHECKED
    size_t count = lks_combining_tree_barrier_nodes(barrier->nthreads, barrier->fan_in);
    for (size_t i = 0; i < count; i++) {
        lks_check(atomic_load_explicit(&barrier->nodes[i].missing,
                                       memory_order_relaxed) == barrier->nodes[i].fan_in,
                  "the barrier is in use", barrier);
    }
#endif
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * MCS tree barrier: threads arrive up a 4-ary tree and are woken down a binary one.
 *
 * Thread i is a node of both trees: its parent is (i − 1) / 4 on the way up, (i − 1) / 2
 * on the way down. A thread waits for its children, tells its parent, waits to be woken
 * and wakes two others. Each flag is written by one thread and awaited by one, at a place
 * that is fixed in advance, so only loads and stores are needed. Eight threads:
 *
 *   arrival            0                  wake-up          0
 *                  / /   \ \                             /   \
 *                 1 2     3 4                           1     2
 *               / | \                                  / \   / \
 *              5  6  7                                3   4 5   6
 *                                                    /
 *                                                   7
 *
 * A flag holds the number of the episode that it was set for, so none need be reset.
 *
 *   cost       2n − 2 flags an episode, each one remote write and one remote read; no
 *              read-modify-write. Space: two cache lines a thread. If waiters sleep, each
 *              write is a read-modify-write, and a system call where somebody sleeps.
 *   progress   nobody leaves an episode before everybody has entered it.
 *   lifetime   may be freed, moved or used again when all threads have returned from
 *              wait; not by the first that returns, for the others may still have to
 *              look.
 *
 * J. M. Mellor-Crummey, M. L. Scott: Algorithms for Scalable Synchronization on
 * Shared-Memory Multiprocessors. ACM Transactions on Computer Systems 9(1), 1991.
 */
#ifndef LOCKSTEP_MCS_TREE_BARRIER_H
#define LOCKSTEP_MCS_TREE_BARRIER_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

typedef struct lks_mcs_tree_barrier_node {
    /* The episode that each child has arrived for, by twos, and perhaps LKS_ASLEEP; one
       line, for one reader. */
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) arrived[4];
    /* The episode that this thread has been woken from, likewise. */
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) woken;
} lks_mcs_tree_barrier_node_t;

typedef struct lks_mcs_tree_barrier {
    lks_mcs_tree_barrier_node_t *nodes; /* one a thread */
    uint32_t nthreads;
    lks_wait_mode_t mode; /* here, since each thread reads the rest in any case */
} lks_mcs_tree_barrier_t;

/*
 * Makes *barrier a barrier for `nthreads` threads on the caller's array of as many nodes,
 * which belongs to the barrier until lks_mcs_tree_barrier_destroy.
 * The threads wait as `mode` says.
 * Returns 0, or EINVAL for a null or misaligned pointer, nthreads == 0 or no such way to
 * wait.
 */
LKS_INLINE int lks_mcs_tree_barrier_init_waiting(lks_mcs_tree_barrier_t *barrier,
                                                 uint32_t nthreads,
                                                 lks_mcs_tree_barrier_node_t *nodes,
                                                 lks_wait_mode_t mode)
{
    if (barrier == LKS_NULL || nodes == LKS_NULL || nthreads == 0 ||
        !lks_is_wait_mode(mode) || LKS_ADDRESS(nodes) % LKS_CACHE_LINE != 0) {
        return EINVAL;
    }
    barrier->nodes = nodes;
    barrier->nthreads = nthreads;
    barrier->mode = mode;
    for (uint32_t i = 0; i < nthreads; i++) {
        for (int child = 0; child < 4; child++) {
            atomic_store_explicit(&nodes[i].arrived[child], 0, memory_order_relaxed);
        }
        atomic_store_explicit(&nodes[i].woken, 0, memory_order_relaxed);
    }
    return 0;
}

/* The same, with threads that yield while they wait. */
LKS_INLINE int lks_mcs_tree_barrier_init(lks_mcs_tree_barrier_t *barrier,
                                         uint32_t nthreads,
                                         lks_mcs_tree_barrier_node_t *nodes)
{
    return lks_mcs_tree_barrier_init_waiting(barrier, nthreads, nodes, LKS_WAIT_YIELD);
}

/*
 * Waits until all threads have called it. What each wrote before, all see after.
 * `thread_index`: 0 ≤ thread_index < nthreads, each by one thread.
 */
LKS_INLINE void lks_mcs_tree_barrier_wait(lks_mcs_tree_barrier_t *barrier,
                                          uint32_t thread_index)
{
    lks_check(thread_index < barrier->nthreads, "thread index out of range", barrier);
    /* Nothing writes to it after init: where there are no caches, a copy keeps this
       thread from asking the barrier's own memory in each round. */
    lks_mcs_tree_barrier_t fixed = *barrier;
    lks_mcs_tree_barrier_node_t *nodes = fixed.nodes;
    lks_mcs_tree_barrier_node_t *self = &nodes[thread_index];
    /* Relaxed: nobody sets it to a new value before this thread has arrived. */
    uint32_t last = atomic_load_explicit(&self->woken, memory_order_relaxed);
    uint32_t episode = last + 2;
    bool sleeps = fixed.mode == LKS_WAIT_SLEEP;

    /* Up: release pairs with acquire, and so on from child to parent to the root. */
    for (size_t slot = 0;
         slot < 4 && 4 * LKS_CAST(size_t, thread_index) + slot + 1 < fixed.nthreads;
         slot++) {
        lks_await_change(&self->arrived[slot], last, &fixed.mode);
    }
    if (thread_index == 0) {
        /* Relaxed: the root's own note of the episode. */
        atomic_store_explicit(&self->woken, episode, memory_order_relaxed);
    } else {
        uint32_t parent = (thread_index - 1) / 4;
        uint32_t slot = (thread_index - 1) % 4;
        lks_change(&nodes[parent].arrived[slot], episode, sleeps);
        lks_await_change(&self->woken, last, &fixed.mode);
    }

    /* Down: release pairs with acquire, and so on from the root to the leaves. */
    size_t child = 2 * LKS_CAST(size_t, thread_index) + 1;
    if (child < fixed.nthreads) {
        lks_change(&nodes[child].woken, episode, sleeps);
    }
    if (child + 1 < fixed.nthreads) {
        lks_change(&nodes[child + 1].woken, episode, sleeps);
    }
}

/* Ends the barrier's life; nobody waits at it. The nodes are the caller's again. */
LKS_INLINE void lks_mcs_tree_barrier_destroy(lks_mcs_tree_barrier_t *barrier)
{
    (void)barrier;
#ifdef LKS_CHECKED
    lks_mcs_tree_barrier_node_t *nodes = barrier->nodes;
    uint32_t episode = atomic_load_explicit(&nodes[0].woken, memory_order_relaxed);
    for (uint32_t i = 1; i < barrier->nthreads; i++) {
        lks_check(atomic_load_explicit(&nodes[(i - 1) / 4].arrived[(i - 1) % 4],
                                       memory_order_relaxed) == episode &&
                      atomic_load_explicit(&nodes[i].woken, memory_order_relaxed) ==
                          episode,
                  "the barrier is in use", barrier);
    }
#endif
}

#endif

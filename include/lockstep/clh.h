/* SPDX-License-Identifier: MIT */
/*
 * CLH queue lock: each waiter spins on the node of the thread before it.
 *
 * The lock is the tail of a queue of nodes. A thread appends its node by one swap and
 * gets its predecessor's; it waits for that node's `waiting` to fall. Nobody else looks
 * at a predecessor's node, so the thread then keeps it for its own next acquisition, and
 * leaves its own behind. B holds the lock, C waits:
 *
 *                 holder                      tail
 *                   |                           |
 *                   v                           v
 *            B's node: waiting  <-spins-  C's node: waiting
 *
 *   B leaves: B's node: not waiting; C enters and keeps that node as its own.
 *
 *   cost       uncontended: one read-modify-write, a few stores. Contended: O(1) remote
 *              references an acquisition on a machine with coherent caches, unbounded
 *              without. Space: two cache lines a lock, and one for each thread and one
 *              more. If waiters sleep, contended or not: a swap more at the release;
 *              contended, a system call on each side.
 *   fairness   first come, first served.
 *   progress   starvation-free.
 *   lifetime   the lock may be freed, moved or used again when nobody holds it or waits
 *              for it; the next holder need not ask whether the last unlock has returned.
 *              A node is the lock's from the call of lock on until it turns up as some
 *              thread's spare, or is returned by destroy: the thread that has it then may
 *              free it.
 *   trylock    none. Whether the lock is free stands in the tail's node, and the node
 *              that was the tail may, between the look and the swap, have been used again
 *              and be the tail once more, now of a held lock (an ABA problem): the swap
 *              would succeed and its thread stand in a queue that it can only leave
 *              through the front. The node may also be gone: it belongs to some thread by
 *              then.
 *
 * T. S. Craig: Building FIFO and Priority-Queuing Spin Locks from Atomic Swap. Technical
 * report 93-02-02, University of Washington, 1993.
 * P. Magnusson, A. Landin, E. Hagersten: Queue Locks on Cache Coherent Multiprocessors.
 * International Parallel Processing Symposium, 1994.
 * The interface, with the holder's node kept in the lock, follows M. L. Scott:
 * Shared-Memory Synchronization, section 4.3.2. Morgan & Claypool, 2013.
 */
#ifndef LOCKSTEP_CLH_H
#define LOCKSTEP_CLH_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

typedef struct lks_clh_node {
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) waiting; /* one of those below */
} lks_clh_node_t;

enum {
    LKS_CLH_LEFT = 0,   /* its thread has left */
    LKS_CLH_WAITING = 2 /* its thread wants or holds the lock */
};

typedef struct LKS_CAPABILITY lks_clh {
    alignas(LKS_CACHE_LINE) _Atomic(lks_clh_node_t *) tail;
    alignas(LKS_CACHE_LINE) _Atomic(lks_clh_node_t *) holder; /* NULL: nobody */
    lks_wait_mode_t mode; /* how its waiters wait; not written after init */
} lks_clh_t;

/* A free lock, and a node that is not in a queue. The lock starts with one node:
 *
 *   static lks_clh_node_t first = LKS_CLH_NODE_INIT;
 *   static lks_clh_t lock = LKS_CLH_INIT(&first);
 */
/* clang-format off */
#define LKS_CLH_NODE_INIT { LKS_CLH_LEFT }
#define LKS_CLH_INIT(first) { (first), LKS_NULL, LKS_WAIT_YIELD }
/* clang-format on */

/*
 * Makes *lock a free lock whose waiters yield. *first becomes the lock's, and later some
 * thread's, as all nodes do that take part: each must stay where it is until
 * lks_clh_destroy, or until a thread that has it as its spare node takes it out for good.
 * Returns 0, or EINVAL for a null or misaligned pointer.
 */
LKS_INLINE int lks_clh_init(lks_clh_t *lock, lks_clh_node_t *first)
{
    if (lock == LKS_NULL || first == LKS_NULL ||
        (LKS_ADDRESS(lock) | LKS_ADDRESS(first)) % LKS_CACHE_LINE != 0) {
        return EINVAL;
    }
    atomic_store_explicit(&first->waiting, LKS_CLH_LEFT, memory_order_relaxed);
    atomic_store_explicit(&lock->tail, first, memory_order_relaxed);
    atomic_store_explicit(&lock->holder, LKS_NULL, memory_order_relaxed);
    lock->mode = LKS_WAIT_YIELD;
    return 0;
}

/*
 * Takes the lock, waiting as long as it takes. *spare is the caller's spare node: the
 * lock takes it and leaves another one, which serves the caller's next acquisition, of
 * this lock or of another.
 */
LKS_INLINE void lks_clh_lock(lks_clh_t *lock, lks_clh_node_t **spare) LKS_ACQUIRES(*lock)
{
    lks_clh_node_t *node = *spare;
    atomic_store_explicit(&node->waiting, LKS_CLH_WAITING, memory_order_relaxed);
    /* Release: the successor must see that the node waits, not that it left after its
       last use. Acquire: the same, seen from the successor. */
    lks_clh_node_t *predecessor =
        atomic_exchange_explicit(&lock->tail, node, memory_order_acq_rel);
    /* Acquires what unlock released. */
    lks_await_change(&predecessor->waiting, LKS_CLH_WAITING, &lock->mode);
    /* Relaxed: read only by the same thread in unlock, and as a hint. */
    atomic_store_explicit(&lock->holder, node, memory_order_relaxed);
    *spare = predecessor;
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_clh_is_locked(const lks_clh_t *lock)
{
    return atomic_load_explicit(&lock->holder, memory_order_relaxed) != LKS_NULL;
}

/* Gives the lock back; the caller holds it. */
LKS_INLINE void lks_clh_unlock(lks_clh_t *lock) LKS_RELEASES(*lock)
{
    lks_check(lks_clh_is_locked(lock), "the lock is not held", lock);
    lks_clh_node_t *node = atomic_load_explicit(&lock->holder, memory_order_relaxed);
    atomic_store_explicit(&lock->holder, LKS_NULL, memory_order_relaxed);
    /* A release, and wakes the successor if it sleeps. */
    lks_change(&node->waiting, LKS_CLH_LEFT, lock->mode == LKS_WAIT_SLEEP);
}

/*
 * Ends the lock's life; nobody holds it or waits for it.
 * Returns the node that the lock had: the caller's from now on.
 */
LKS_INLINE lks_clh_node_t *lks_clh_destroy(lks_clh_t *lock)
{
    lks_check(!lks_clh_is_locked(lock), "the lock is in use", lock);
    return atomic_load_explicit(&lock->tail, memory_order_relaxed);
}

/*
 * Waiters that sleep
 *
 * A waiter may sleep if the lock was made so, on its predecessor's node: that then has
 * LKS_ASLEEP besides (see wait.h). `mode` says so to the thread that leaves, and lies
 * with `holder`, which that thread reads anyway. It does not know whether somebody
 * waits, so its store becomes a swap, always.
 */

/* lks_clh_init for a lock whose waiters wait as `mode` says. Returns EINVAL also if there
   is no such way to wait. */
LKS_INLINE int lks_clh_init_waiting(lks_clh_t *lock, lks_clh_node_t *first,
                                    lks_wait_mode_t mode)
{
    if (!lks_is_wait_mode(mode) || lks_clh_init(lock, first) != 0) {
        return EINVAL;
    }
    lock->mode = mode;
    return 0;
}

#endif

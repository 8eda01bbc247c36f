/* SPDX-License-Identifier: MIT */
/*
 * MCS queue lock: each waiter spins on its own node.
 *
 * The lock is the tail of a linked queue, NULL when free. A thread appends its node by
 * one swap, links it behind its predecessor's, and waits for its own `waiting` to fall.
 * The holder leaves by letting its successor go, or, when there is none, by swinging the
 * tail back to NULL. A holds the lock, B waits, C has swapped but not yet linked:
 *
 *   A: next ---> B: waiting      C: waiting <--- tail
 *                next NULL
 *
 *   If B were to leave now it would see next == NULL but tail != B: it waits for C's
 *   link.
 *
 *   cost       uncontended: one swap, one compare-and-swap. Contended: O(1) remote
 *              references an acquisition, with or without coherent caches. Space: two
 *              words a lock, one cache line for each thread that holds or wants it. If
 *              waiters sleep, contended: a swap more, and a system call on each side when
 *              somebody sleeps.
 *   fairness   first come, first served.
 *   progress   starvation-free.
 *   lifetime   the lock may be freed or used again when nobody holds it or waits for it;
 *              the next holder need not ask whether the last unlock has returned. Not to
 *              be moved if its waiters sleep: free, it holds its own address. A node:
 *              when unlock, or a trylock in vain, has returned.
 *
 * J. M. Mellor-Crummey, M. L. Scott: Algorithms for Scalable Synchronization on
 * Shared-Memory Multiprocessors. ACM Transactions on Computer Systems 9(1), 1991.
 */
#ifndef LOCKSTEP_MCS_H
#define LOCKSTEP_MCS_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

/* A thread's place in the queue: the caller's, not to be touched from lock to unlock, and
   free for any use after that. It needs no initialising. */
typedef struct lks_mcs_node {
    alignas(LKS_CACHE_LINE) _Atomic(struct lks_mcs_node *) next;
    _Atomic(uint32_t) waiting; /* one of those below */
} lks_mcs_node_t;

/* A thread that finds the lock free leaves its node at WAITING, which nobody reads. */
enum {
    LKS_MCS_ENTERED = 0, /* its thread has the lock */
    LKS_MCS_WAITING = 2, /* its thread waits */
    LKS_MCS_ENTERED_SLEEPS =
        4 /* its thread has the lock, whose waiters sleep: see below */
};

typedef struct LKS_CAPABILITY lks_mcs {
    _Atomic(lks_mcs_node_t *) tail;
    lks_wait_mode_t mode; /* how its waiters wait; not written after init */
} lks_mcs_t;

/* clang-format off */
#define LKS_MCS_INIT { LKS_NULL, LKS_WAIT_YIELD }
/* clang-format on */

/* Makes *lock a free lock whose waiters yield. Returns 0, or EINVAL for a null
   pointer. */
LKS_INLINE int lks_mcs_init(lks_mcs_t *lock)
{
    if (lock == LKS_NULL) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->tail, LKS_NULL, memory_order_relaxed);
    lock->mode = LKS_WAIT_YIELD;
    return 0;
}

/* What waiters that sleep add is at the end of this page. Without them these are: NULL;
   false; false; and a store of LKS_MCS_ENTERED, which releases. */
LKS_INLINE lks_mcs_node_t *lks_mcs_free_tail(const lks_mcs_t *lock, bool sleeps);
LKS_INLINE bool lks_mcs_note_if_sleeps(const lks_mcs_t *lock, lks_mcs_node_t *node,
                                       const lks_mcs_node_t *tail);
LKS_INLINE bool lks_mcs_sleeps(const lks_mcs_node_t *node);
LKS_INLINE void lks_mcs_grant(lks_mcs_node_t *node, bool sleeps);

/* Takes the lock, waiting as long as it takes, with *node as the caller's place. */
LKS_INLINE void lks_mcs_lock(lks_mcs_t *lock, lks_mcs_node_t *node) LKS_ACQUIRES(*lock)
{
    atomic_store_explicit(&node->next, LKS_NULL, memory_order_relaxed);
    atomic_store_explicit(&node->waiting, LKS_MCS_WAITING, memory_order_relaxed);
    /* Release: the successor's link must come after our NULL in the order of `next`.
       Acquire: the same, seen from the successor; and when the lock is free, what the
       last holder released with its tail. */
    lks_mcs_node_t *predecessor =
        atomic_exchange_explicit(&lock->tail, node, memory_order_acq_rel);
    if (predecessor != LKS_NULL && !lks_mcs_note_if_sleeps(lock, node, predecessor)) {
        /* Release: the predecessor's change of `waiting` must come after ours. */
        atomic_store_explicit(&predecessor->next, node, memory_order_release);
        /* Acquires what unlock released. */
        lks_await_change(&node->waiting, LKS_MCS_WAITING, &lock->mode);
    }
}

/* Takes the lock if it is free, with *node as the caller's place. Returns whether it did;
   never waits. */
LKS_INLINE_TRY bool lks_mcs_trylock(lks_mcs_t *lock, lks_mcs_node_t *node)
    LKS_ACQUIRES_IF(true, *lock)
{
    atomic_store_explicit(&node->next, LKS_NULL, memory_order_relaxed);
    atomic_store_explicit(&node->waiting, LKS_MCS_WAITING, memory_order_relaxed);
    lks_mcs_node_t *tail = LKS_NULL;
    /* Release: as in lock. Acquire: pairs with the release of the last holder's tail. */
    return atomic_compare_exchange_strong_explicit(
               &lock->tail, &tail, node, memory_order_acq_rel, memory_order_relaxed) ||
           (lks_mcs_note_if_sleeps(lock, node, tail) &&
            atomic_compare_exchange_strong_explicit(
                &lock->tail, &tail, node, memory_order_acq_rel, memory_order_relaxed));
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_mcs_is_locked(const lks_mcs_t *lock)
{
    const lks_mcs_node_t *tail = atomic_load_explicit(&lock->tail, memory_order_relaxed);
    return tail != LKS_NULL && tail != lks_mcs_free_tail(lock, true);
}

/* Gives the lock back; the caller holds it with *node. */
LKS_INLINE void lks_mcs_unlock(lks_mcs_t *lock, lks_mcs_node_t *node) LKS_RELEASES(*lock)
{
    lks_check(lks_mcs_is_locked(lock), "the lock is not held", lock);
    /* Acquire: pairs with the release of the link. */
    lks_mcs_node_t *successor = atomic_load_explicit(&node->next, memory_order_acquire);
    bool sleeps = lks_mcs_sleeps(node);
    if (successor == LKS_NULL) {
        lks_mcs_node_t *last = node;
        /* Release: pairs with the acquire of the thread that finds the lock free. */
        if (atomic_compare_exchange_strong_explicit(
                &lock->tail, &last, lks_mcs_free_tail(lock, sleeps), memory_order_release,
                memory_order_relaxed)) {
            return;
        }
        /* Somebody has swapped and will link in a moment. */
        lks_await((successor = atomic_load_explicit(&node->next, memory_order_acquire)) !=
                  LKS_NULL);
    }
    lks_mcs_grant(successor, sleeps);
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing. */
LKS_INLINE void lks_mcs_destroy(lks_mcs_t *lock)
{
    (void)lock;
    lks_check(!lks_mcs_is_locked(lock), "the lock is in use", lock);
}

/*
 * Waiters that sleep
 *
 * A waiter may sleep if the lock was made so. The thread that lets it go must then wake
 * it; and it should not read the lock's line, which others pull at, to learn whether that
 * is so. So this travels with the lock: a free lock holds its own address instead of
 * NULL, a granted node is marked ENTERED_SLEEPS, and the holder keeps that mark until
 * unlock. A node that is slept on has LKS_ASLEEP besides (see wait.h).
 */

/* The tail of a free lock. Its own address is no node's. */
LKS_INLINE lks_mcs_node_t *lks_mcs_free_tail(const lks_mcs_t *lock, bool sleeps)
{
    return sleeps ? LKS_POINTER(lks_mcs_node_t *, LKS_ADDRESS(lock)) : LKS_NULL;
}

/* Makes *lock a free lock whose waiters wait as `mode` says. Returns 0, or EINVAL for
   a null pointer or no such way to wait. */
LKS_INLINE int lks_mcs_init_waiting(lks_mcs_t *lock, lks_wait_mode_t mode)
{
    if (lock == LKS_NULL || !lks_is_wait_mode(mode)) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->tail, lks_mcs_free_tail(lock, mode == LKS_WAIT_SLEEP),
                          memory_order_relaxed);
    lock->mode = mode;
    return 0;
}

/* If `tail` is that of a free lock whose waiters sleep: notes it in the caller's node,
   for unlock. Returns whether it did. */
LKS_INLINE bool lks_mcs_note_if_sleeps(const lks_mcs_t *lock, lks_mcs_node_t *node,
                                       const lks_mcs_node_t *tail)
{
    if (tail != lks_mcs_free_tail(lock, true)) {
        return false;
    }
    /* Relaxed: only the caller reads it. */
    atomic_store_explicit(&node->waiting, LKS_MCS_ENTERED_SLEEPS, memory_order_relaxed);
    return true;
}

/* Whether the waiters of the lock that the caller holds with *node sleep. */
LKS_INLINE bool lks_mcs_sleeps(const lks_mcs_node_t *node)
{
    /* Relaxed: the caller's own note, or what its wait has acquired. */
    return atomic_load_explicit(&node->waiting, memory_order_relaxed) ==
           LKS_MCS_ENTERED_SLEEPS;
}

/* Hands the lock to the thread that waits with *node. */
LKS_INLINE void lks_mcs_grant(lks_mcs_node_t *node, bool sleeps)
{
    lks_change(&node->waiting, sleeps ? LKS_MCS_ENTERED_SLEEPS : LKS_MCS_ENTERED, sleeps);
}

#endif

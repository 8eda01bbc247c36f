/* SPDX-License-Identifier: MIT */
/*
 * MCS queue lock: each waiter spins on its own node.
 *
 * The lock is the tail of a linked queue, NULL when free. A thread appends its node by one
 * swap, links it behind its predecessor's, and waits for its own `waiting` to fall. The
 * holder leaves by letting its successor go, or, when there is none, by swinging the tail
 * back to NULL. A holds the lock, B waits, C has swapped but not yet linked:
 *
 *   A: next ---> B: waiting      C: waiting <--- tail
 *                next NULL
 *
 *   If B were to leave now it would see next == NULL but tail != B: it waits for C's link.
 *
 *   cost       uncontended: one swap, one compare-and-swap. Contended: O(1) remote
 *              references an acquisition, with or without coherent caches. Space: one word
 *              a lock, one cache line for each thread that holds or wants it.
 *   fairness   first come, first served.
 *   progress   starvation-free.
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
    _Atomic(bool) waiting;
} lks_mcs_node_t;

typedef struct lks_mcs {
    _Atomic(lks_mcs_node_t *) tail;
} lks_mcs_t;

/* clang-format off */
#define LKS_MCS_INIT { NULL }
/* clang-format on */

/* Makes *lock a free lock. Returns 0, or EINVAL for a null pointer. */
LKS_INLINE int lks_mcs_init(lks_mcs_t *lock)
{
    if (lock == NULL) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->tail, NULL, memory_order_relaxed);
    return 0;
}

/* Takes the lock, waiting as long as it takes, with *node as the caller's place. */
LKS_INLINE void lks_mcs_lock(lks_mcs_t *lock, lks_mcs_node_t *node)
{
    atomic_store_explicit(&node->next, NULL, memory_order_relaxed);
    /* Release: the successor's link must come after our NULL in the order of `next`.
       Acquire: the same, seen from the successor; and when the lock is free, what the last
       holder released with its NULL. */
    lks_mcs_node_t *predecessor =
        atomic_exchange_explicit(&lock->tail, node, memory_order_acq_rel);
    if (predecessor != NULL) {
        atomic_store_explicit(&node->waiting, true, memory_order_relaxed);
        /* Release: the predecessor's `false` must come after our `true`. */
        atomic_store_explicit(&predecessor->next, node, memory_order_release);
        /* Acquire: pairs with the release in unlock. */
        lks_await(!atomic_load_explicit(&node->waiting, memory_order_acquire));
    }
}

/* Takes the lock if it is free, with *node as the caller's place. Returns whether it did;
   never waits. */
LKS_INLINE bool lks_mcs_trylock(lks_mcs_t *lock, lks_mcs_node_t *node)
{
    atomic_store_explicit(&node->next, NULL, memory_order_relaxed);
    lks_mcs_node_t *nobody = NULL;
    /* Release: as in lock. Acquire: pairs with the release of the last holder's NULL. */
    return atomic_compare_exchange_strong_explicit(
        &lock->tail, &nobody, node, memory_order_acq_rel, memory_order_relaxed);
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_mcs_is_locked(const lks_mcs_t *lock)
{
    return atomic_load_explicit(&lock->tail, memory_order_relaxed) != NULL;
}

/* Gives the lock back; the caller holds it with *node. */
LKS_INLINE void lks_mcs_unlock(lks_mcs_t *lock, lks_mcs_node_t *node)
{
    lks_check(lks_mcs_is_locked(lock), "the lock is not held", lock);
    /* Acquire: pairs with the release of the link. */
    lks_mcs_node_t *successor = atomic_load_explicit(&node->next, memory_order_acquire);
    if (successor == NULL) {
        lks_mcs_node_t *last = node;
        /* Release: pairs with the acquire of who finds the lock free. */
        if (atomic_compare_exchange_strong_explicit(
                &lock->tail, &last, NULL, memory_order_release, memory_order_relaxed)) {
            return;
        }
        /* Somebody has swapped and will link in a moment. */
        lks_await((successor = atomic_load_explicit(&node->next, memory_order_acquire)) !=
                  NULL);
    }
    atomic_store_explicit(&successor->waiting, false, memory_order_release);
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing. */
LKS_INLINE void lks_mcs_destroy(lks_mcs_t *lock)
{
    (void)lock;
    lks_check(!lks_mcs_is_locked(lock), "the lock is in use", lock);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * K42's MCS lock: the MCS queue, called without a node.
 *
 * A waiter's node lies on its own stack, and only while it waits. A thread that enters
 * lets the lock's own `next` stand in for its node, so that the node can go. `tail` is
 * the address of the link in which the next thread will write itself, NULL when the lock
 * is free. A holds the lock, B and C wait:
 *
 *   lock.next ---> B: waiting      C: waiting
 *                  B.next ------>  C.next = NULL <--- lock.tail
 *
 *   A leaves: B is let go, copies its link to C into lock.next, and its node is gone.
 *   Had B been the last, it would write NULL to lock.next and swing lock.tail there.
 *
 *   cost       uncontended: two compare-and-swaps. Contended: O(1) remote references an
 *              acquisition, with or without coherent caches. Space: three words a lock,
 *              one cache line on the stack of each thread that waits. If waiters sleep,
 *              contended: a swap more, and a system call on each side when somebody
 *              sleeps.
 *   fairness   first come, first served.
 *   progress   starvation-free.
 *   lifetime   the lock may be freed, moved or used again when nobody holds it or waits
 *              for it; the next holder need not ask whether the last unlock has returned.
 *
 * M. Auslander, D. Edelsohn, O. Krieger, B. Rosenburg, R. Wisniewski: Enhancement to the
 * MCS Lock for Increased Functionality and Improved Programmability. U.S. patent
 * application 2003/0200457, 2003; as in M. L. Scott: Shared-Memory Synchronization,
 * section 4.3.1. Morgan & Claypool, 2013. There a thread joins the queue by a
 * compare-and-swap, which may fail for ever; here by a swap, as in MCS.
 */
#ifndef LOCKSTEP_MCS_K42_H
#define LOCKSTEP_MCS_K42_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

/* The successor's node, or NULL. */
typedef _Atomic(struct lks_mcs_k42_node *) lks_mcs_k42_link_t;

/* A waiter's place in the queue. */
typedef struct lks_mcs_k42_node {
    alignas(LKS_CACHE_LINE) lks_mcs_k42_link_t next;
    _Atomic(uint32_t) waiting; /* one of those below */
} lks_mcs_k42_node_t;

enum { LKS_MCS_K42_ENTERED = 0, LKS_MCS_K42_WAITING = 2 };

typedef struct LKS_CAPABILITY lks_mcs_k42 {
    _Atomic(lks_mcs_k42_link_t *) tail;
    lks_mcs_k42_link_t next; /* the holder's */
    lks_wait_mode_t mode;    /* how its waiters wait; not written after init */
} lks_mcs_k42_t;

/* A free lock whose waiters yield: all zero. */
/* clang-format off */
#define LKS_MCS_K42_INIT { LKS_NULL, LKS_NULL, LKS_WAIT_YIELD }
/* clang-format on */

/* Makes *lock a free lock whose waiters wait as `mode` says. Returns 0, or EINVAL for
   a null pointer or no such way to wait. */
LKS_INLINE int lks_mcs_k42_init_waiting(lks_mcs_k42_t *lock, lks_wait_mode_t mode)
{
    if (lock == LKS_NULL || !lks_is_wait_mode(mode)) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->tail, LKS_NULL, memory_order_relaxed);
    atomic_store_explicit(&lock->next, LKS_NULL, memory_order_relaxed);
    lock->mode = mode;
    return 0;
}

/* Makes *lock a free lock whose waiters yield. Returns 0, or EINVAL for a null
   pointer. */
LKS_INLINE int lks_mcs_k42_init(lks_mcs_k42_t *lock)
{
    return lks_mcs_k42_init_waiting(lock, LKS_WAIT_YIELD);
}

/* Takes the lock if it is free. Returns whether it did; never waits. */
LKS_INLINE_TRY bool lks_mcs_k42_trylock(lks_mcs_k42_t *lock) LKS_ACQUIRES_IF(true, *lock)
{
    lks_mcs_k42_link_t *tail = LKS_NULL;
    /* Acquire: pairs with the release of unlock. What the successor must see, that
       `next` is NULL, the same release says: this swap only hands it on. */
    return atomic_compare_exchange_strong_explicit(
        &lock->tail, &tail, &lock->next, memory_order_acquire, memory_order_relaxed);
}

/* Takes the lock, waiting as long as it takes. */
LKS_INLINE void lks_mcs_k42_lock(lks_mcs_k42_t *lock) LKS_ACQUIRES(*lock)
{
    if (lks_mcs_k42_trylock(lock)) {
        return;
    }
    lks_mcs_k42_node_t node;
    atomic_store_explicit(&node.next, LKS_NULL, memory_order_relaxed);
    atomic_store_explicit(&node.waiting, LKS_MCS_K42_WAITING, memory_order_relaxed);
    /* Release: the successor's link must come after our NULL in the order of `next`.
       Acquire: the same, seen from the successor; and if the lock has become free, what
       its last holder released. */
    lks_mcs_k42_link_t *predecessor =
        atomic_exchange_explicit(&lock->tail, &node.next, memory_order_acq_rel);
    if (predecessor != LKS_NULL) {
        /* Release: the predecessor's change of `waiting` must come after ours. */
        atomic_store_explicit(predecessor, &node, memory_order_release);
        /* Acquires what unlock released. */
        lks_await_change(&node.waiting, LKS_MCS_K42_WAITING, &lock->mode);
    }
    /* The lock is ours: its `next` takes the place of our node's. Acquire: pairs with the
       release of the link, for the change of the successor's `waiting`. */
    lks_mcs_k42_node_t *successor =
        atomic_load_explicit(&node.next, memory_order_acquire);
    if (successor == LKS_NULL) {
        atomic_store_explicit(&lock->next, LKS_NULL, memory_order_relaxed);
        lks_mcs_k42_link_t *last = &node.next;
        /* Release: the successor's link must come after that NULL. */
        if (atomic_compare_exchange_strong_explicit(&lock->tail, &last, &lock->next,
                                                    memory_order_release,
                                                    memory_order_relaxed)) {
            return;
        }
        /* Somebody has swapped and will link in a moment. */
        lks_await((successor = atomic_load_explicit(&node.next, memory_order_acquire)) !=
                  LKS_NULL);
    }
    atomic_store_explicit(&lock->next, successor, memory_order_relaxed);
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_mcs_k42_is_locked(const lks_mcs_k42_t *lock)
{
    return atomic_load_explicit(&lock->tail, memory_order_relaxed) != LKS_NULL;
}

/* Gives the lock back; the caller holds it. */
LKS_INLINE void lks_mcs_k42_unlock(lks_mcs_k42_t *lock) LKS_RELEASES(*lock)
{
    lks_check(lks_mcs_k42_is_locked(lock), "the lock is not held", lock);
    /* Acquire: pairs with the release of the link. */
    lks_mcs_k42_node_t *successor =
        atomic_load_explicit(&lock->next, memory_order_acquire);
    if (successor == LKS_NULL) {
        lks_mcs_k42_link_t *last = &lock->next;
        /* Release: pairs with the acquire of the thread that finds the lock free. */
        if (atomic_compare_exchange_strong_explicit(&lock->tail, &last, LKS_NULL,
                                                    memory_order_release,
                                                    memory_order_relaxed)) {
            return;
        }
        /* Somebody has swapped and will link in a moment. */
        lks_await((successor = atomic_load_explicit(&lock->next, memory_order_acquire)) !=
                  LKS_NULL);
    }
    /* A release, and wakes the successor if it sleeps. */
    lks_change(&successor->waiting, LKS_MCS_K42_ENTERED, lock->mode == LKS_WAIT_SLEEP);
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing. */
LKS_INLINE void lks_mcs_k42_destroy(lks_mcs_k42_t *lock)
{
    (void)lock;
    lks_check(!lks_mcs_k42_is_locked(lock), "the lock is in use", lock);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Ticket lock: draw a number, wait until it is called.
 *
 *          arrives                        enters                    leaves
 *   ticket = next++           waits until serving == ticket      serving++
 *
 * Everybody waits on the same word, `serving`, so each release costs every waiter a miss.
 *
 *   cost       uncontended: one read-modify-write, one store. Contended: O(n) remote
 *              references for each waiter, one for each waiter ahead. Space: two cache
 *              lines a lock (arrivals write one word, the holder the other).
 *   fairness   first come, first served.
 *   progress   starvation-free, as long as fewer than 2³² threads wait.
 *   lifetime   may be freed, moved or used again when nobody holds it or waits for it:
 *              the store in unlock is the last touch, so the next holder may do so
 *              without asking whether that unlock has returned.
 *
 * D. P. Reed, R. K. Kanodia: Synchronization with Eventcounts and Sequencers.
 * Communications of the ACM 22(2), 1979.
 * J. M. Mellor-Crummey, M. L. Scott: Algorithms for Scalable Synchronization on
 * Shared-Memory Multiprocessors. ACM Transactions on Computer Systems 9(1), 1991.
 */
#ifndef LOCKSTEP_TICKET_H
#define LOCKSTEP_TICKET_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

typedef struct LKS_CAPABILITY lks_ticket {
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) next;    /* the next ticket to draw */
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) serving; /* the ticket that may enter */
} lks_ticket_t;

/* clang-format off */
#define LKS_TICKET_INIT { 0, 0 }
/* clang-format on */

/* Makes *lock a free lock. Returns 0, or EINVAL for a null or misaligned pointer. */
LKS_INLINE int lks_ticket_init(lks_ticket_t *lock)
{
    if (lock == LKS_NULL || LKS_ADDRESS(lock) % LKS_CACHE_LINE != 0) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->next, 0, memory_order_relaxed);
    atomic_store_explicit(&lock->serving, 0, memory_order_relaxed);
    return 0;
}

/* Takes the lock, waiting as long as it takes. */
LKS_INLINE void lks_ticket_lock(lks_ticket_t *lock) LKS_ACQUIRES(*lock)
{
    /* Relaxed: a ticket carries no data. Nor can a waiter take an old value of `serving`
       for its turn: the last time `serving` was this number lies 2³² acquisitions
       back. */
    uint32_t ticket = atomic_fetch_add_explicit(&lock->next, 1, memory_order_relaxed);
    /* Acquire: pairs with the release in unlock. */
    lks_await(atomic_load_explicit(&lock->serving, memory_order_acquire) == ticket);
}

/* Takes the lock if it is free. Returns whether it did; never waits. */
LKS_INLINE_TRY bool lks_ticket_trylock(lks_ticket_t *lock) LKS_ACQUIRES_IF(true, *lock)
{
    /* The lock is free if the next ticket is the one being served: drawing just that one
       takes it. Acquire: `serving` is what the last holder released; the exchange of
       `next` is relaxed, as the fetch-and-add of lock is. (A thread that stands still
       between the two for just 2³² acquisitions would be fooled.) */
    uint32_t serving = atomic_load_explicit(&lock->serving, memory_order_acquire);
    uint32_t ticket = serving;
    return atomic_compare_exchange_strong_explicit(
        &lock->next, &ticket, serving + 1, memory_order_relaxed, memory_order_relaxed);
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_ticket_is_locked(const lks_ticket_t *lock)
{
    uint32_t serving = atomic_load_explicit(&lock->serving, memory_order_relaxed);
    return atomic_load_explicit(&lock->next, memory_order_relaxed) != serving;
}

/* Gives the lock back; the caller holds it. */
LKS_INLINE void lks_ticket_unlock(lks_ticket_t *lock) LKS_RELEASES(*lock)
{
    lks_check(lks_ticket_is_locked(lock), "the lock is not held", lock);
    /* Only the holder writes `serving`, so a load and a store do. */
    uint32_t serving = atomic_load_explicit(&lock->serving, memory_order_relaxed);
    atomic_store_explicit(&lock->serving, serving + 1, memory_order_release);
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing. */
LKS_INLINE void lks_ticket_destroy(lks_ticket_t *lock)
{
    (void)lock;
    lks_check(!lks_ticket_is_locked(lock), "the lock is in use", lock);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Ticket lock with proportional backoff.
 *
 * A ticket lock tells each waiter how many are ahead of it. A waiter with k threads ahead
 * looks again only after k times the time that one of them is expected to take, so most
 * looks come when there is something to see.
 *
 *   cost       uncontended: one read-modify-write, one store. Contended: O(1) remote
 *              references for each waiter if the delay fits the critical section. Space:
 *              three cache lines a lock.
 *   fairness   first come, first served.
 *   progress   starvation-free, as long as fewer than 2³² threads wait.
 *   lifetime   may be freed, moved or used again when nobody holds it or waits for it:
 *              the store in unlock is the last touch, so the next holder may do so
 *              without asking whether that unlock has returned.
 *
 * J. M. Mellor-Crummey, M. L. Scott: Algorithms for Scalable Synchronization on
 * Shared-Memory Multiprocessors. ACM Transactions on Computer Systems 9(1), 1991.
 */
#ifndef LOCKSTEP_TICKET_BACKOFF_H
#define LOCKSTEP_TICKET_BACKOFF_H

#include <lockstep/ticket.h>

/* Pauses that a thread ahead is expected to take: suits short critical sections. Chosen
   from the length of a pause, not measured; what another number does:
   build/lockbench -l ticket,ticket_backoff -t 2,4. */
#define LKS_TICKET_BACKOFF_DELAY 2

typedef struct LKS_CAPABILITY lks_ticket_backoff {
    lks_ticket_t ticket;
    uint32_t delay; /* pauses for each thread ahead */
} lks_ticket_backoff_t;

/* clang-format off */
#define LKS_TICKET_BACKOFF_INIT { LKS_TICKET_INIT, LKS_TICKET_BACKOFF_DELAY }
/* clang-format on */

/*
 * Makes *lock a free lock whose waiters delay for `delay` pauses of the processor (see
 * lks_delay) for each thread ahead of them.
 * Returns 0, or EINVAL for a null or misaligned pointer or delay == 0.
 */
LKS_INLINE int lks_ticket_backoff_init(lks_ticket_backoff_t *lock, uint32_t delay)
{
    if (lock == LKS_NULL || LKS_ADDRESS(lock) % LKS_CACHE_LINE != 0 || delay == 0) {
        return EINVAL;
    }
    lock->delay = delay;
    return lks_ticket_init(&lock->ticket);
}

/*
 * Tells whether it is the turn of `ticket`; if not, delays in proportion to the number of
 * threads ahead before it says so.
 */
LKS_INLINE bool lks_ticket_backoff_is_turn(lks_ticket_backoff_t *lock, uint32_t ticket)
{
    /* Acquire: pairs with the release in lks_ticket_unlock. */
    uint32_t serving = atomic_load_explicit(&lock->ticket.serving, memory_order_acquire);
    if (serving == ticket) {
        return true;
    }
    lks_delay((ticket - serving) * lock->delay);
    return false;
}

/* Takes the lock, waiting as long as it takes. */
LKS_INLINE void lks_ticket_backoff_lock(lks_ticket_backoff_t *lock) LKS_ACQUIRES(*lock)
{
    /* Relaxed: as in lks_ticket_lock. */
    uint32_t ticket =
        atomic_fetch_add_explicit(&lock->ticket.next, 1, memory_order_relaxed);
    lks_await(lks_ticket_backoff_is_turn(lock, ticket));
}

/* Takes the lock if it is free. Returns whether it did; never waits. */
LKS_INLINE_TRY bool lks_ticket_backoff_trylock(lks_ticket_backoff_t *lock)
    LKS_ACQUIRES_IF(true, *lock)
{
    return lks_ticket_trylock(&lock->ticket);
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_ticket_backoff_is_locked(const lks_ticket_backoff_t *lock)
{
    return lks_ticket_is_locked(&lock->ticket);
}

/* Gives the lock back; the caller holds it. */
LKS_INLINE void lks_ticket_backoff_unlock(lks_ticket_backoff_t *lock) LKS_RELEASES(*lock)
{
    lks_ticket_unlock(&lock->ticket);
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing. */
LKS_INLINE void lks_ticket_backoff_destroy(lks_ticket_backoff_t *lock)
{
    lks_ticket_destroy(&lock->ticket);
}

#endif

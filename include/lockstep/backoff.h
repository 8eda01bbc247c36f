/* SPDX-License-Identifier: MIT */
/*
 * Test-and-set lock with bounded exponential backoff.
 *
 * A waiter whose swap failed leaves the lock alone for a random time before it swaps
 * again, and doubles the limit of that time with each failure, up to a bound. The longer
 * the queue, the rarer each waiter's swaps, so the holder gets its work done. The random
 * part keeps waiters that failed together from coming back together.
 *
 *   cost       uncontended: one read-modify-write, one store. Contended: remote
 *              references unbounded in theory, few in practice. Space: three words a
 *              lock.
 *   fairness   none, and worse than ttas: the thread that has waited longest asks most
 *              rarely.
 *   progress   deadlock-free.
 *   lifetime   may be freed, moved or used again when nobody holds it or waits for it:
 *              the store in unlock is the last touch, so the next holder may do so
 *              without asking whether that unlock has returned.
 *
 * T. E. Anderson: The Performance of Spin Lock Alternatives for Shared-Memory
 * Multiprocessors. IEEE Transactions on Parallel and Distributed Systems 1(1), 1990.
 * J. M. Mellor-Crummey, M. L. Scott: Algorithms for Scalable Synchronization on
 * Shared-Memory Multiprocessors. ACM Transactions on Computer Systems 9(1), 1991.
 */
#ifndef LOCKSTEP_BACKOFF_H
#define LOCKSTEP_BACKOFF_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

/* For critical sections of a few dozen to a few hundred instructions: an estimate from
   the length of a pause, not a measurement. What others do to a machine is seen with:
   build/lockbench -l ttas,backoff, after lks_backoff_init with other bounds. */
#define LKS_BACKOFF_SHORTEST 4
#define LKS_BACKOFF_LONGEST  256

typedef struct LKS_CAPABILITY lks_backoff {
    _Atomic(bool) held;
    unsigned shortest; /* limit of the first delay, in pauses of the processor */
    unsigned longest;  /* limit of every delay: the bound */
} lks_backoff_t;

/* clang-format off */
#define LKS_BACKOFF_INIT { false, LKS_BACKOFF_SHORTEST, LKS_BACKOFF_LONGEST }
/* clang-format on */

/*
 * Makes *lock a free lock whose waiters delay at first at most `shortest` and at last at
 * most `longest` pauses of the processor (see lks_delay).
 * Returns 0, or EINVAL for a null pointer, shortest == 0 or shortest > longest.
 */
LKS_INLINE int lks_backoff_init(lks_backoff_t *lock, unsigned shortest, unsigned longest)
{
    if (lock == LKS_NULL || shortest == 0 || shortest > longest) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->held, false, memory_order_relaxed);
    lock->shortest = shortest;
    lock->longest = longest;
    return 0;
}

/* Takes the lock if it is free. Returns whether it did; never waits. */
LKS_INLINE_TRY bool lks_backoff_trylock(lks_backoff_t *lock) LKS_ACQUIRES_IF(true, *lock)
{
    /* Acquire: pairs with the release in unlock. */
    return !atomic_exchange_explicit(&lock->held, true, memory_order_acquire);
}

/*
 * Delays for a random time of 1 to *limit pauses and doubles *limit up to `longest`.
 * *random is the state of the generator (Marsaglia's xorshift), never 0.
 * Returns false: the try is over, and it failed.
 */
LKS_INLINE bool lks_backoff_delay(unsigned *limit, unsigned longest, uint32_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    lks_delay(1 + *random % *limit);
    *limit = *limit > longest / 2 ? longest : *limit * 2;
    return false;
}

/* Takes the lock, waiting as long as it takes. */
LKS_INLINE void lks_backoff_lock(lks_backoff_t *lock) LKS_ACQUIRES(*lock)
{
    if (lks_backoff_trylock(lock)) {
        return;
    }
    unsigned limit = lock->shortest;
    unsigned longest = lock->longest;
    uint32_t random = lks_seed();
    lks_await(lks_backoff_trylock(lock) || lks_backoff_delay(&limit, longest, &random));
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_backoff_is_locked(const lks_backoff_t *lock)
{
    return atomic_load_explicit(&lock->held, memory_order_relaxed);
}

/* Gives the lock back; the caller holds it. */
LKS_INLINE void lks_backoff_unlock(lks_backoff_t *lock) LKS_RELEASES(*lock)
{
    lks_check(lks_backoff_is_locked(lock), "the lock is not held", lock);
    atomic_store_explicit(&lock->held, false, memory_order_release);
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing. */
LKS_INLINE void lks_backoff_destroy(lks_backoff_t *lock)
{
    (void)lock;
    lks_check(!lks_backoff_is_locked(lock), "the lock is in use", lock);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Test-and-set lock: the naive one.
 *
 * One flag. The thread that swaps `true` in and gets `false` back holds the lock; the
 * others swap and swap. Each swap takes the flag's cache line away from everybody, the
 * holder too, so waiters slow down the very work they wait for. It is here to be compared
 * with; ttas.h and backoff.h are its two cures.
 *
 *   cost       uncontended: one read-modify-write, one store. Contended: remote
 *              references without bound, as long as the wait lasts. Space: one byte a
 *              lock.
 *   fairness   none: a waiter may be passed over for ever.
 *   progress   deadlock-free.
 *   lifetime   may be freed, moved or used again when nobody holds it or waits for it:
 *              the store in unlock is the last touch, so the next holder may do so
 *              without asking whether that unlock has returned.
 *
 * T. E. Anderson: The Performance of Spin Lock Alternatives for Shared-Memory
 * Multiprocessors. IEEE Transactions on Parallel and Distributed Systems 1(1), 1990.
 */
#ifndef LOCKSTEP_TAS_H
#define LOCKSTEP_TAS_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

typedef struct LKS_CAPABILITY lks_tas {
    _Atomic(bool) held;
} lks_tas_t;

/* clang-format off */
#define LKS_TAS_INIT { false }
/* clang-format on */

/* Makes *lock a free lock. Returns 0, or EINVAL for a null pointer. */
LKS_INLINE int lks_tas_init(lks_tas_t *lock)
{
    if (lock == LKS_NULL) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->held, false, memory_order_relaxed);
    return 0;
}

/* Takes the lock, waiting as long as it takes. */
LKS_INLINE void lks_tas_lock(lks_tas_t *lock) LKS_ACQUIRES(*lock)
{
    /* Acquire: pairs with the release in unlock. */
    lks_await(!atomic_exchange_explicit(&lock->held, true, memory_order_acquire));
}

/* Takes the lock if it is free. Returns whether it did; never waits. */
LKS_INLINE_TRY bool lks_tas_trylock(lks_tas_t *lock) LKS_ACQUIRES_IF(true, *lock)
{
    return !atomic_exchange_explicit(&lock->held, true, memory_order_acquire);
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_tas_is_locked(const lks_tas_t *lock)
{
    return atomic_load_explicit(&lock->held, memory_order_relaxed);
}

/* Gives the lock back; the caller holds it. */
LKS_INLINE void lks_tas_unlock(lks_tas_t *lock) LKS_RELEASES(*lock)
{
    lks_check(lks_tas_is_locked(lock), "the lock is not held", lock);
    atomic_store_explicit(&lock->held, false, memory_order_release);
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing. */
LKS_INLINE void lks_tas_destroy(lks_tas_t *lock)
{
    (void)lock;
    lks_check(!lks_tas_is_locked(lock), "the lock is in use", lock);
}

#endif

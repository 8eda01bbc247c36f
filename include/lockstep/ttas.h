/* SPDX-License-Identifier: MIT */
/*
 * Test-and-test-and-set lock: waiters read, and swap only when the lock looks free.
 *
 * While the lock is held each waiter reads its own cached copy of the flag, which
 * disturbs nobody. The price comes at the release: all waiters miss, all find the lock
 * free, all swap, and one of them wins.
 *
 *   cost       uncontended: one load, one read-modify-write, one store. Contended: each
 *              release costs the n waiters O(n) remote references together, so O(n²)
 *              until all are through. Space: one byte a lock.
 *   fairness   none: a waiter may be passed over for ever.
 *   progress   deadlock-free.
 *   lifetime   may be freed, moved or used again when nobody holds it or waits for it:
 *              the store in unlock is the last touch, so the next holder may do so
 *              without asking whether that unlock has returned.
 *
 * L. Rudolph, Z. Segall: Dynamic Decentralized Cache Schemes for MIMD Parallel
 * Processors. International Symposium on Computer Architecture, 1984.
 */
#ifndef LOCKSTEP_TTAS_H
#define LOCKSTEP_TTAS_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

typedef struct LKS_CAPABILITY lks_ttas {
    _Atomic(bool) held;
} lks_ttas_t;

/* clang-format off */
#define LKS_TTAS_INIT { false }
/* clang-format on */

/* Makes *lock a free lock. Returns 0, or EINVAL for a null pointer. */
LKS_INLINE int lks_ttas_init(lks_ttas_t *lock)
{
    if (lock == LKS_NULL) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->held, false, memory_order_relaxed);
    return 0;
}

/* Takes the lock if it is free. Returns whether it did; never waits. */
LKS_INLINE_TRY bool lks_ttas_trylock(lks_ttas_t *lock) LKS_ACQUIRES_IF(true, *lock)
{
    /* The load decides nothing that the exchange does not decide again, so it may be
       relaxed; the exchange acquires what unlock released. */
    return !atomic_load_explicit(&lock->held, memory_order_relaxed) &&
           !atomic_exchange_explicit(&lock->held, true, memory_order_acquire);
}

/* Takes the lock, waiting as long as it takes. */
LKS_INLINE void lks_ttas_lock(lks_ttas_t *lock) LKS_ACQUIRES(*lock)
{
    lks_await(lks_ttas_trylock(lock));
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_ttas_is_locked(const lks_ttas_t *lock)
{
    return atomic_load_explicit(&lock->held, memory_order_relaxed);
}

/* Gives the lock back; the caller holds it. */
LKS_INLINE void lks_ttas_unlock(lks_ttas_t *lock) LKS_RELEASES(*lock)
{
    lks_check(lks_ttas_is_locked(lock), "the lock is not held", lock);
    atomic_store_explicit(&lock->held, false, memory_order_release);
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing. */
LKS_INLINE void lks_ttas_destroy(lks_ttas_t *lock)
{
    (void)lock;
    lks_check(!lks_ttas_is_locked(lock), "the lock is in use", lock);
}

#endif

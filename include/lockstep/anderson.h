/* SPDX-License-Identifier: MIT */
/*
 * Anderson's array-based queue lock: each waiter spins on a slot of its own.
 *
 * A thread draws a ticket, as for a ticket lock, and waits at the slot of that number,
 * which lies on a cache line of its own. The holder leaves by opening the next slot: one
 * line changes hands, however many wait. Four slots, B holds the lock, C and D wait:
 *
 *   slot         0          1          2          3
 *   may_enter  closed     closed     closed     closed      next = 4
 *              (A left)   (B holds)  (C waits)  (D waits)
 *
 *   B leaves:  closed     closed     open       closed      C reads its slot, enters, and
 *                                                           closes it for the next round
 *
 *   cost       uncontended: one read-modify-write, a few stores. Contended: O(1) remote
 *              references an acquisition. Space: three cache lines a lock and one for
 *              each slot; as many slots as threads may hold or want the lock at once. If
 *              waiters sleep: a swap more at the release, and when somebody sleeps a
 *              system call on each side.
 *   fairness   first come, first served.
 *   progress   starvation-free.
 *   lifetime   lock and slots may be freed, moved or used again when nobody holds the
 *              lock or waits for it: opening the next slot is the last touch of unlock,
 *              so the next holder may do so without asking whether that unlock has
 *              returned.
 *
 * T. E. Anderson: The Performance of Spin Lock Alternatives for Shared-Memory
 * Multiprocessors. IEEE Transactions on Parallel and Distributed Systems 1(1), 1990.
 */
#ifndef LOCKSTEP_ANDERSON_H
#define LOCKSTEP_ANDERSON_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

typedef struct lks_anderson_slot {
    /* One of those below, and perhaps LKS_ASLEEP. */
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) may_enter;
} lks_anderson_slot_t;

enum { LKS_ANDERSON_CLOSED = 0, LKS_ANDERSON_OPEN = 2 };

typedef struct LKS_CAPABILITY lks_anderson {
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) next; /* the next ticket to draw */
    alignas(LKS_CACHE_LINE) uint32_t holder;        /* the holder's ticket, for unlock */
    _Atomic(uint32_t) left; /* tickets done with: LKS_CHECKED only */
    alignas(LKS_CACHE_LINE) lks_anderson_slot_t *slots; /* not written after init */
    uint32_t mask;                                      /* number of slots − 1 */
    lks_wait_mode_t mode; /* here, since unlock needs the line in any case */
} lks_anderson_t;

/*
 * A free lock on `slots`, an array of `count` slots, a power of two, whose first is open
 * and whose others are closed:
 *
 *   static lks_anderson_slot_t slots[4] = LKS_ANDERSON_SLOTS_INIT;
 *   static lks_anderson_t lock = LKS_ANDERSON_INIT(slots, 4);
 */
/* count − 1, of a power of two; anything else does not compile. */
#define LKS_ANDERSON_MASK(count)                                                         \
    (LKS_CAST(uint32_t, (count)) -                                                       \
     LKS_CAST(uint32_t,                                                                  \
              sizeof(char[(count) > 0 && ((count) & ((count)-1)) == 0 ? 1 : -1])))
/* clang-format off */
#define LKS_ANDERSON_SLOTS_INIT { { LKS_ANDERSON_OPEN } }
#define LKS_ANDERSON_INIT(slots, count)                                                  \
    { 0, 0, 0, (slots), LKS_ANDERSON_MASK(count), LKS_WAIT_YIELD }
/* clang-format on */

/*
 * Makes *lock a free lock on the caller's array of `count` slots, which belongs to the
 * lock until lks_anderson_destroy; its waiters wait as `mode` says. At most `count`
 * threads may hold or want it at a time (a trylock wants it too). Where more threads than
 * that take turns, an unlock must happen before the lock or trylock that takes its place:
 * a semaphore sees to that, a relaxed flag does not.
 * Returns 0, or EINVAL for a null or misaligned pointer, a count that is not a power of
 * two (a ticket's slot must go on in turn where the 32-bit ticket wraps) or no such way
 * to wait.
 */
LKS_INLINE int lks_anderson_init_waiting(lks_anderson_t *lock, lks_anderson_slot_t *slots,
                                         uint32_t count, lks_wait_mode_t mode)
{
    if (lock == LKS_NULL || slots == LKS_NULL || count == 0 ||
        (count & (count - 1)) != 0 || !lks_is_wait_mode(mode) ||
        (LKS_ADDRESS(lock) | LKS_ADDRESS(slots)) % LKS_CACHE_LINE != 0) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->next, 0, memory_order_relaxed);
    lock->holder = 0;
    atomic_store_explicit(&lock->left, 0, memory_order_relaxed);
    lock->slots = slots;
    lock->mask = count - 1;
    lock->mode = mode;
    for (uint32_t i = 0; i < count; i++) {
        atomic_store_explicit(&slots[i].may_enter,
                              i == 0 ? LKS_ANDERSON_OPEN : LKS_ANDERSON_CLOSED,
                              memory_order_relaxed);
    }
    return 0;
}

/* The same, with waiters that yield. */
LKS_INLINE int lks_anderson_init(lks_anderson_t *lock, lks_anderson_slot_t *slots,
                                 uint32_t count)
{
    return lks_anderson_init_waiting(lock, slots, count, LKS_WAIT_YIELD);
}

/* The slot of a ticket. */
LKS_INLINE lks_anderson_slot_t *lks_anderson_slot_of(const lks_anderson_t *lock,
                                                     uint32_t ticket)
{
    return &lock->slots[ticket & lock->mask];
}

/* With LKS_CHECKED: whether the slot of a ticket is no other thread's. */
LKS_INLINE bool lks_anderson_has_slot(const lks_anderson_t *lock, uint32_t ticket)
{
    return ticket - atomic_load_explicit(&lock->left, memory_order_relaxed) <= lock->mask;
}

/* What the owner of `ticket` does first when it has entered through its slot. */
LKS_INLINE void lks_anderson_entered(lks_anderson_t *lock, lks_anderson_slot_t *slot,
                                     uint32_t ticket)
{
    /* Relaxed: a thread that waits at this slot in a later round has this store in
       its past,
       by the order of `next` (see lks_anderson_lock). */
    atomic_store_explicit(&slot->may_enter, LKS_ANDERSON_CLOSED, memory_order_relaxed);
    lock->holder = ticket;
}

/* Takes the lock, waiting as long as it takes. */
LKS_INLINE void lks_anderson_lock(lks_anderson_t *lock) LKS_ACQUIRES(*lock)
{
    /*
     * Acquire and release, though a ticket carries no data: a slot is used again, one
     * round later, and its new waiter must not read what let the last round's owner in.
     * That owner has since closed it; the waiter must have that store in its past. And so
     * it has. The tickets from the last round's to the waiter's own are one more than
     * there are slots, so some thread T drew two of them. T had the lock in between,
     * after the last round's owner had closed the slot; T's second draw releases that
     * knowledge, and the waiter's draw, further on in the same chain of
     * read-modify-writes, acquires it. With relaxed order, or acquire or release alone,
     * two threads can be inside at once.
     */
    uint32_t ticket = atomic_fetch_add_explicit(&lock->next, 1, memory_order_acq_rel);
    lks_check(lks_anderson_has_slot(lock, ticket), "more threads than the lock has slots",
              lock);
    lks_anderson_slot_t *slot = lks_anderson_slot_of(lock, ticket);
    /* Acquires what unlock released. */
    lks_await_change(&slot->may_enter, LKS_ANDERSON_CLOSED, &lock->mode);
    lks_anderson_entered(lock, slot, ticket);
}

/* Takes the lock if it is free. Returns whether it did; never waits. */
LKS_INLINE_TRY bool lks_anderson_trylock(lks_anderson_t *lock)
    LKS_ACQUIRES_IF(true, *lock)
{
    /* Acquire: as in lock, so that the slot cannot be read as open from the last
       round. */
    uint32_t ticket = atomic_load_explicit(&lock->next, memory_order_acquire);
    /* The slot of the next ticket is open exactly while nobody holds the lock.
       Acquire: pairs with the release in unlock. */
    lks_anderson_slot_t *slot = lks_anderson_slot_of(lock, ticket);
    if (atomic_load_explicit(&slot->may_enter, memory_order_acquire) !=
        LKS_ANDERSON_OPEN) {
        return false;
    }
    /* Draws just that ticket. Release, as in lock; what there is to acquire, the load of
       `next` has acquired. */
    uint32_t expected = ticket;
    if (!atomic_compare_exchange_strong_explicit(&lock->next, &expected, ticket + 1,
                                                 memory_order_release,
                                                 memory_order_relaxed)) {
        return false;
    }
    lks_check(lks_anderson_has_slot(lock, ticket), "more threads than the lock has slots",
              lock);
    lks_anderson_entered(lock, slot, ticket);
    return true;
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_anderson_is_locked(const lks_anderson_t *lock)
{
    uint32_t ticket = atomic_load_explicit(&lock->next, memory_order_relaxed);
    return atomic_load_explicit(&lks_anderson_slot_of(lock, ticket)->may_enter,
                                memory_order_relaxed) != LKS_ANDERSON_OPEN;
}

/* Gives the lock back; the caller holds it. */
LKS_INLINE void lks_anderson_unlock(lks_anderson_t *lock) LKS_RELEASES(*lock)
{
    lks_check(lks_anderson_is_locked(lock), "the lock is not held", lock);
    uint32_t next = lock->holder + 1;
#ifdef LKS_CHECKED
    atomic_store_explicit(&lock->left, next, memory_order_relaxed);
#endif
    lks_change(&lks_anderson_slot_of(lock, next)->may_enter, LKS_ANDERSON_OPEN,
               lock->mode == LKS_WAIT_SLEEP);
}

/* Ends the lock's life; nobody holds it or waits for it. The slots are the caller's
   again. */
LKS_INLINE void lks_anderson_destroy(lks_anderson_t *lock)
{
    (void)lock;
    lks_check(!lks_anderson_is_locked(lock), "the lock is in use", lock);
}

#endif

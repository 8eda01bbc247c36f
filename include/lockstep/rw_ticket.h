/* SPDX-License-Identifier: MIT */
/*
 * Reader-writer ticket lock: draw a number; readers and writers have a display each.
 *
 *            arrives             enters when                       moves on
 *   reader   ticket = users++    read == ticket                    read++ as it enters,
 *                                                                  write++ as it leaves
 *   writer   ticket = users++    read == ticket, write == ticket   both as it leaves
 *
 * So `read` is the number of users that let readers go on: readers that have entered and
 * writers that have left. `write` is the number of those that have left. Readers A and B
 * are inside, writer C waits for them, reader D waits for C:
 *
 *   ticket   0    1    2    3            users 4      0 ≤ write ≤ read ≤ users
 *            A    B    C    D            read  2      C's ticket: all before it are in,
 *                                        write 0      but none of them has left
 *
 *   cost       uncontended: a reader two read-modify-writes and a store, a writer one and
 *              two stores. Contended: O(n) remote references for each waiter, one for
 *              each that comes or goes before it; readers that are inside together also
 *              write one line in turn. Space: three words, on one cache line if they are
 *              aligned to 16 bytes.
 *   fairness   first come, first served; readers that follow each other go in together.
 *   progress   starvation-free, as long as fewer than 2³² threads hold or want it.
 *   lifetime   may be freed, moved or used again when nobody holds it or waits for it:
 *              giving it back ends with what lets the next writer in, so that one may do
 *              so without asking whether the call has returned.
 *
 * J. M. Mellor-Crummey, M. L. Scott: Scalable Reader-Writer Synchronization for
 * Shared-Memory Multiprocessors. Principles and Practice of Parallel Programming (PPoPP),
 * 1991. Their ticket lock counts readers and writers apart in two words; here three
 * counters do, and need no words of two halves.
 */
#ifndef LOCKSTEP_RW_TICKET_H
#define LOCKSTEP_RW_TICKET_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

typedef struct LKS_CAPABILITY lks_rw_ticket {
    alignas(16) _Atomic(uint32_t) users; /* the next ticket to draw */
    _Atomic(uint32_t) read;              /* the ticket that may enter as a reader */
    _Atomic(uint32_t) write;             /* the ticket that may enter as a writer */
} lks_rw_ticket_t;

/* clang-format off */
#define LKS_RW_TICKET_INIT { 0, 0, 0 }
/* clang-format on */

/* Makes *lock a free lock. Returns 0, or EINVAL for a null or misaligned pointer. */
LKS_INLINE int lks_rw_ticket_init(lks_rw_ticket_t *lock)
{
    if (lock == LKS_NULL || LKS_ADDRESS(lock) % alignof(lks_rw_ticket_t) != 0) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->users, 0, memory_order_relaxed);
    atomic_store_explicit(&lock->read, 0, memory_order_relaxed);
    atomic_store_explicit(&lock->write, 0, memory_order_relaxed);
    return 0;
}

/* Lets the user after `ticket` in, if it is a reader. Only the owner of `ticket` may, and
   when `read` is that ticket. Release: pairs with the acquire of `read` by all that
   enter, readers and writers. */
LKS_INLINE void lks_rw_ticket_let_readers_in(lks_rw_ticket_t *lock, uint32_t ticket)
{
    atomic_store_explicit(&lock->read, ticket + 1, memory_order_release);
}

/* Takes the lock as a reader, together with other readers, waiting as long as it takes.
   Not again by a thread that has it: a writer may have come in between. */
LKS_INLINE void lks_rw_ticket_rdlock(lks_rw_ticket_t *lock) LKS_ACQUIRES_SHARED(*lock)
{
    /* Relaxed: a ticket carries no data, as in the ticket lock. */
    uint32_t ticket = atomic_fetch_add_explicit(&lock->users, 1, memory_order_relaxed);
    /* Acquire: what the last writer released, passed on by the readers after it. */
    lks_await(atomic_load_explicit(&lock->read, memory_order_acquire) == ticket);
    lks_rw_ticket_let_readers_in(lock, ticket);
}

/* Takes the lock as a reader if nobody waits and no writer holds it. Returns whether it
   did; never waits. It may also fail while another thread is just coming in. */
LKS_INLINE_TRY bool lks_rw_ticket_tryrdlock(lks_rw_ticket_t *lock)
    LKS_ACQUIRES_SHARED_IF(true, *lock)
{
    /* If the next ticket is the one that may read, drawing just that one takes the lock.
       Acquire: as in rdlock. Relaxed: as the drawing of a ticket there. (A thread that
       stands still between the two for just 2³² acquisitions would be fooled.) */
    uint32_t ticket = atomic_load_explicit(&lock->read, memory_order_acquire);
    uint32_t next = ticket;
    if (!atomic_compare_exchange_strong_explicit(&lock->users, &next, ticket + 1,
                                                 memory_order_relaxed,
                                                 memory_order_relaxed)) {
        return false;
    }
    lks_rw_ticket_let_readers_in(lock, ticket);
    return true;
}

/* With LKS_CHECKED: whether readers are inside. */
LKS_INLINE bool lks_rw_ticket_has_readers(const lks_rw_ticket_t *lock)
{
    /* Acquire: not to see a reader leave and not have seen it come. */
    uint32_t write = atomic_load_explicit(&lock->write, memory_order_acquire);
    return atomic_load_explicit(&lock->read, memory_order_relaxed) != write;
}

/* Gives the lock back; the caller holds it as a reader. */
LKS_INLINE void lks_rw_ticket_rdunlock(lks_rw_ticket_t *lock) LKS_RELEASES_SHARED(*lock)
{
    lks_check(lks_rw_ticket_has_readers(lock), "the lock is not held", lock);
    /* Release: pairs with the acquire of `write` by the next writer, whose load sees the
       last of these additions, and through it all of them. */
    (void)atomic_fetch_add_explicit(&lock->write, 1, memory_order_release);
}

/* Takes the lock as the writer, alone, waiting as long as it takes. */
LKS_INLINE void lks_rw_ticket_wrlock(lks_rw_ticket_t *lock) LKS_ACQUIRES(*lock)
{
    uint32_t ticket = atomic_fetch_add_explicit(&lock->users, 1, memory_order_relaxed);
    /* First until all before have at least come in: it is then that `write` is up to
       date, for a leaving writer sets it before `read`. Acquire: what that writer
       released. */
    lks_await(atomic_load_explicit(&lock->read, memory_order_acquire) == ticket);
    /* Then until they have left. Acquire: pairs with the release in rdunlock. */
    lks_await(atomic_load_explicit(&lock->write, memory_order_acquire) == ticket);
}

/* Takes the lock as the writer if nobody holds it or waits for it. Returns whether it
   did; never waits. */
LKS_INLINE_TRY bool lks_rw_ticket_trywrlock(lks_rw_ticket_t *lock)
    LKS_ACQUIRES_IF(true, *lock)
{
    /* Acquire, twice: as in wrlock. */
    uint32_t ticket = atomic_load_explicit(&lock->read, memory_order_acquire);
    if (atomic_load_explicit(&lock->write, memory_order_acquire) != ticket) {
        return false;
    }
    uint32_t next = ticket;
    return atomic_compare_exchange_strong_explicit(
        &lock->users, &next, ticket + 1, memory_order_relaxed, memory_order_relaxed);
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_rw_ticket_is_locked(const lks_rw_ticket_t *lock)
{
    /* Acquire: not to see a reader leave and not have seen it come, for then it would
       seem to be the caller who has left. */
    uint32_t write = atomic_load_explicit(&lock->write, memory_order_acquire);
    return atomic_load_explicit(&lock->users, memory_order_relaxed) != write;
}

/* With LKS_CHECKED: whether the next to enter has drawn its ticket and readers are out:
   so it is when a writer is inside, and for a moment when somebody is coming in. */
LKS_INLINE bool lks_rw_ticket_has_writer(const lks_rw_ticket_t *lock)
{
    return lks_rw_ticket_is_locked(lock) && !lks_rw_ticket_has_readers(lock);
}

/* Gives the lock back; the caller holds it as the writer. */
LKS_INLINE void lks_rw_ticket_wrunlock(lks_rw_ticket_t *lock) LKS_RELEASES(*lock)
{
    lks_check(lks_rw_ticket_has_writer(lock), "the lock is not held", lock);
    /* While a writer is inside, both are its ticket and nobody else writes them. `write`
       first: once `read` lets readers in, they add to `write`, and this store would undo
       it. Relaxed: the release of `read` also covers it. */
    uint32_t ticket = atomic_load_explicit(&lock->read, memory_order_relaxed);
    atomic_store_explicit(&lock->write, ticket + 1, memory_order_relaxed);
    lks_rw_ticket_let_readers_in(lock, ticket);
}

/* Makes the writer, the caller, a reader; readers that wait next in line come in, too. */
LKS_INLINE void lks_rw_ticket_downgrade(lks_rw_ticket_t *lock) LKS_RELEASES(*lock)
    LKS_ACQUIRES_SHARED(*lock)
{
    lks_check(lks_rw_ticket_has_writer(lock), "the lock is not held", lock);
    uint32_t ticket = atomic_load_explicit(&lock->read, memory_order_relaxed);
    lks_rw_ticket_let_readers_in(lock, ticket);
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing. */
LKS_INLINE void lks_rw_ticket_destroy(lks_rw_ticket_t *lock)
{
    (void)lock;
    lks_check(!lks_rw_ticket_is_locked(lock), "the lock is in use", lock);
}

#endif

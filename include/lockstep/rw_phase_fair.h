/* SPDX-License-Identifier: MIT */
/*
 * Phase-fair ticket lock (PF-T): phases of readers and of one writer take turns.
 *
 * Readers count themselves in and out. A writer, when its turn among the writers has
 * come, marks the count of those that came in; the readers that find the mark wait until
 * it goes, and the writer waits until as many are out as were in when it made the mark:
 *
 *   entered    readers that came in | PHASE | WRITER       left    readers that left
 *
 * However many writers are queued, the mark is gone for a moment between one and the
 * next. A reader that slept through that moment sees the other PHASE in the next mark;
 * and that writer waits for it, since it is counted in. So a reader waits for one writer,
 * and a writer, at the head of the writers' queue, for one phase of readers.
 *
 *   cost       uncontended: a reader two read-modify-writes, a writer three and a store.
 *              Contended: O(n) remote references for each waiter. Space: 20 bytes, on one
 *              cache line: what a reader comes in by and leaves by moves but once.
 *   fairness   a reader is passed over by one writer at most; writers among themselves
 *              are first come, first served.
 *   progress   starvation-free, with fewer than 2³⁰ readers and 2³² writers at a time.
 *   lifetime   may be freed, moved or used again when nobody holds it or waits for it and
 *              every wrunlock and downgrade has returned: these look at it once more
 *              after they have let readers in.
 *
 * B. B. Brandenburg, J. H. Anderson: Spin-Based Reader-Writer Synchronization for
 * Multiprocessor Real-Time Systems. Real-Time Systems 46(1), 2010. There the phase is the
 * lowest bit of the writer's ticket; here each writer that gets in takes the other one,
 * so that a trywrlock can return its ticket unused.
 */
#ifndef LOCKSTEP_RW_PHASE_FAIR_H
#define LOCKSTEP_RW_PHASE_FAIR_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

enum {
    LKS_RW_PHASE_FAIR_WRITER =
        1, /* in `entered`: a writer is inside or waits for readers */
    LKS_RW_PHASE_FAIR_PHASE = 2, /* in `entered`: which of two the writer's phase is */
    LKS_RW_PHASE_FAIR_READER = 4 /* one reader, in `entered` and `left` */
};

typedef struct LKS_CAPABILITY lks_rw_phase_fair {
    alignas(
        32) _Atomic(uint32_t) entered; /* readers that came in, and the writer's mark */
    _Atomic(uint32_t) left;            /* readers that left */
    _Atomic(uint32_t) next_writer;     /* the next ticket for a writer to draw */
    _Atomic(uint32_t) serving_writer;  /* the writer whose turn it is */
    uint32_t mark;                     /* its mark in `entered`; guarded by its turn */
} lks_rw_phase_fair_t;

/* clang-format off */
#define LKS_RW_PHASE_FAIR_INIT { 0, 0, 0, 0, LKS_RW_PHASE_FAIR_WRITER }
/* clang-format on */

/* Makes *lock a free lock. Returns 0, or EINVAL for a null or misaligned pointer. */
LKS_INLINE int lks_rw_phase_fair_init(lks_rw_phase_fair_t *lock)
{
    if (lock == LKS_NULL || LKS_ADDRESS(lock) % alignof(lks_rw_phase_fair_t) != 0) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->entered, 0, memory_order_relaxed);
    atomic_store_explicit(&lock->left, 0, memory_order_relaxed);
    atomic_store_explicit(&lock->next_writer, 0, memory_order_relaxed);
    atomic_store_explicit(&lock->serving_writer, 0, memory_order_relaxed);
    lock->mark = LKS_RW_PHASE_FAIR_WRITER;
    return 0;
}

/* The writer's mark in a value of `entered`: 0 if there is none. */
LKS_INLINE uint32_t lks_rw_phase_fair_mark_in(uint32_t entered)
{
    return entered & (LKS_RW_PHASE_FAIR_WRITER | LKS_RW_PHASE_FAIR_PHASE);
}

/* Takes the lock as a reader, together with other readers, waiting as long as it takes.
   Not again by a thread that has it: a writer may have come in between. */
LKS_INLINE void lks_rw_phase_fair_rdlock(lks_rw_phase_fair_t *lock)
    LKS_ACQUIRES_SHARED(*lock)
{
    /* Acquire, both: what the last writer released when it took its mark away. */
    uint32_t mark = lks_rw_phase_fair_mark_in(atomic_fetch_add_explicit(
        &lock->entered, LKS_RW_PHASE_FAIR_READER, memory_order_acquire));
    if (mark != 0) {
        lks_await(lks_rw_phase_fair_mark_in(atomic_load_explicit(
                      &lock->entered, memory_order_acquire)) != mark);
    }
}

/* Takes the lock as a reader if no writer holds it or is about to. Returns whether it
   did; never waits: it tries again only when another reader came in just then. */
LKS_INLINE_TRY bool lks_rw_phase_fair_tryrdlock(lks_rw_phase_fair_t *lock)
    LKS_ACQUIRES_SHARED_IF(true, *lock)
{
    uint32_t entered = atomic_load_explicit(&lock->entered, memory_order_relaxed);
    while (lks_rw_phase_fair_mark_in(entered) == 0) {
        /* Acquire: as in rdlock. */
        if (atomic_compare_exchange_strong_explicit(
                &lock->entered, &entered, entered + LKS_RW_PHASE_FAIR_READER,
                memory_order_acquire, memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/* With LKS_CHECKED: whether readers are inside, or wait. */
LKS_INLINE bool lks_rw_phase_fair_has_readers(const lks_rw_phase_fair_t *lock)
{
    /* Acquire: not to see a reader leave and not have seen it come. */
    uint32_t left = atomic_load_explicit(&lock->left, memory_order_acquire);
    uint32_t entered = atomic_load_explicit(&lock->entered, memory_order_relaxed);
    return entered - lks_rw_phase_fair_mark_in(entered) != left;
}

/* Gives the lock back; the caller holds it as a reader. */
LKS_INLINE void lks_rw_phase_fair_rdunlock(lks_rw_phase_fair_t *lock)
    LKS_RELEASES_SHARED(*lock)
{
    lks_check(lks_rw_phase_fair_has_readers(lock), "the lock is not held", lock);
    /* Release: pairs with the acquire of `left` by the next writer, whose load sees the
       last of these additions, and through it all of them. */
    (void)atomic_fetch_add_explicit(&lock->left, LKS_RW_PHASE_FAIR_READER,
                                    memory_order_release);
}

/* The mark of the writer that gets in now; it differs from the last one's. */
LKS_INLINE uint32_t lks_rw_phase_fair_next_mark(const lks_rw_phase_fair_t *lock)
{
    return lock->mark ^ LKS_RW_PHASE_FAIR_PHASE;
}

/* Ends the turn of a writer. */
LKS_INLINE void lks_rw_phase_fair_next_turn(lks_rw_phase_fair_t *lock)
{
    /* Only the writer whose turn it is writes it, so a load and a store do. Release:
       pairs with the acquire of the writer that comes next. */
    uint32_t turn = atomic_load_explicit(&lock->serving_writer, memory_order_relaxed);
    atomic_store_explicit(&lock->serving_writer, turn + 1, memory_order_release);
}

/* Takes the lock as the writer, alone, waiting as long as it takes. */
LKS_INLINE void lks_rw_phase_fair_wrlock(lks_rw_phase_fair_t *lock) LKS_ACQUIRES(*lock)
{
    /* Relaxed: a ticket carries no data. Acquire: pairs with the release of the turn. */
    uint32_t ticket =
        atomic_fetch_add_explicit(&lock->next_writer, 1, memory_order_relaxed);
    lks_await(atomic_load_explicit(&lock->serving_writer, memory_order_acquire) ==
              ticket);
    lock->mark = lks_rw_phase_fair_next_mark(lock);
    /* Relaxed: it says which thread came before and which after, and that takes no more
       than the order of `entered` itself. Acquire: pairs with the release in rdunlock. */
    uint32_t entered =
        atomic_fetch_add_explicit(&lock->entered, lock->mark, memory_order_relaxed);
    lks_await(atomic_load_explicit(&lock->left, memory_order_acquire) == entered);
}

/* Takes the lock as the writer if nobody holds it or waits for it. Returns whether it
   did; never waits. */
LKS_INLINE_TRY bool lks_rw_phase_fair_trywrlock(lks_rw_phase_fair_t *lock)
    LKS_ACQUIRES_IF(true, *lock)
{
    /* Acquire: what the readers released in rdunlock. It is looked at first of all, so
       that in vain a turn is taken only if readers come in just now. */
    uint32_t left = atomic_load_explicit(&lock->left, memory_order_acquire);
    if (atomic_load_explicit(&lock->entered, memory_order_relaxed) != left) {
        return false;
    }
    /* As the trylock of the ticket lock: draws the ticket whose turn it is. */
    uint32_t ticket = atomic_load_explicit(&lock->serving_writer, memory_order_acquire);
    uint32_t next = ticket;
    if (!atomic_compare_exchange_strong_explicit(&lock->next_writer, &next, ticket + 1,
                                                 memory_order_relaxed,
                                                 memory_order_relaxed)) {
        return false;
    }
    /* As many have left as had entered, so nobody is inside. */
    uint32_t mark = lks_rw_phase_fair_next_mark(lock);
    uint32_t entered = left;
    if (!atomic_compare_exchange_strong_explicit(&lock->entered, &entered, left + mark,
                                                 memory_order_relaxed,
                                                 memory_order_relaxed)) {
        lks_rw_phase_fair_next_turn(lock);
        return false;
    }
    lock->mark = mark;
    return true;
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_rw_phase_fair_is_locked(const lks_rw_phase_fair_t *lock)
{
    /* Acquire: not to see a reader leave and not have seen it come, for then it would
       seem to be the caller who has left. */
    uint32_t left = atomic_load_explicit(&lock->left, memory_order_acquire);
    return atomic_load_explicit(&lock->entered, memory_order_relaxed) != left;
}

/* With LKS_CHECKED: whether a writer is inside, or waits for readers. */
LKS_INLINE bool lks_rw_phase_fair_has_writer(const lks_rw_phase_fair_t *lock)
{
    return lks_rw_phase_fair_mark_in(
               atomic_load_explicit(&lock->entered, memory_order_relaxed)) != 0;
}

/* Gives the lock back; the caller holds it as the writer. */
LKS_INLINE void lks_rw_phase_fair_wrunlock(lks_rw_phase_fair_t *lock) LKS_RELEASES(*lock)
{
    lks_check(lks_rw_phase_fair_has_writer(lock), "the lock is not held", lock);
    /* Release: pairs with the acquire of `entered` in rdlock. */
    (void)atomic_fetch_sub_explicit(&lock->entered, lock->mark, memory_order_release);
    lks_rw_phase_fair_next_turn(lock);
}

/* Makes the writer, the caller, a reader; readers that wait come in, too. */
LKS_INLINE void lks_rw_phase_fair_downgrade(lks_rw_phase_fair_t *lock) LKS_RELEASES(*lock)
    LKS_ACQUIRES_SHARED(*lock)
{
    lks_check(lks_rw_phase_fair_has_writer(lock), "the lock is not held", lock);
    /* One reader more and no mark, at once. Release: as in wrunlock. */
    (void)atomic_fetch_add_explicit(&lock->entered, LKS_RW_PHASE_FAIR_READER - lock->mark,
                                    memory_order_release);
    lks_rw_phase_fair_next_turn(lock);
}

/* Ends the lock's life; nobody holds it, waits for it, or has yet to come back from
   giving it back. It owns nothing. */
LKS_INLINE void lks_rw_phase_fair_destroy(lks_rw_phase_fair_t *lock)
{
    (void)lock;
    lks_check(!lks_rw_phase_fair_is_locked(lock), "the lock is in use", lock);
}

#endif

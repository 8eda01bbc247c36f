/* SPDX-License-Identifier: MIT */
/*
 * Distributed reader-writer lock: readers of different processors share nothing.
 *
 * Each processor has a reader indicator, on a cache line of its own. A reader occupies
 * the one of the processor that it runs on by a single exchange, looks whether there is a
 * writer, and gives the indicator back with a plain store. Behind the indicators there is
 * a reader-writer mutex, the queue. A writer takes that, and looks at the indicators
 * until each has been free once:
 *
 *   reader                              writer
 *     occupied[p] = true                  mark in queue.entered
 *     look for a mark                     look at occupied[0], occupied[1], …
 *
 *   On both sides the store comes before the load, in one order that all agree on (they
 *   are sequentially consistent): at least one of the two sees the other.
 *
 * A reader that sees the mark frees its indicator and goes into the queue, where it comes
 * in before the next writer does. So does a reader that finds all indicators occupied,
 * when more readers are inside than there are indicators.
 *
 *   cost       reader, no writer: one read-modify-write for lock and unlock together, no
 *              remote reference after the first. Else as the mutex, and a look. Writer:
 *              as the mutex, one read-modify-write more, and a reference to each
 *              indicator, most of them remote. Space: a cache line a lock and one an
 *              indicator; as many indicators as there are processors are enough.
 *   fairness   that of the mutex, whose mark stops readers at the indicators, too: a
 *              reader is passed over by one writer at most, a writer by few.
 *   progress   starvation-free, with fewer than 2²⁹ readers at a time.
 *   lifetime   lock and indicators may be freed, moved or used again when nobody holds
 *              the lock or waits for it and every call that gives it back has returned.
 *              What a reader holds: when its rdunlock has returned.
 *
 * Linux had such a lock, an indicator a processor, as its "big reader lock". That a lock
 * of another kind is behind the indicators is from D. Dice, A. Kogan: BRAVO: Biased
 * Locking for Reader-Writer Locks. USENIX Annual Technical Conference, 2019.
 */
#ifndef LOCKSTEP_RW_DISTRIBUTED_H
#define LOCKSTEP_RW_DISTRIBUTED_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/processor.h>
#include <lockstep/rwmutex.h>
#include <lockstep/wait.h>

typedef struct lks_rw_distributed_indicator {
    alignas(LKS_CACHE_LINE) _Atomic(bool) occupied;
} lks_rw_distributed_indicator_t;

typedef struct LKS_CAPABILITY lks_rw_distributed {
    /* On one line with what a reader needs to know: it looks at both. */
    alignas(LKS_CACHE_LINE) lks_rwmutex_t queue;
    lks_rw_distributed_indicator_t *indicators; /* not written after init */
    uint32_t mask;                              /* number of indicators − 1 */
} lks_rw_distributed_t;

/* What a reader holds: the caller's, not to be touched from rdlock (or downgrade) to
   rdunlock, and free for any use after that. It needs no initialising. */
typedef struct lks_rw_distributed_reader {
    lks_rw_distributed_indicator_t *indicator; /* NULL: the queue */
} lks_rw_distributed_reader_t;

/*
 * A free lock on `indicators`, an array of `count` indicators, a power of two, each
 * { false }:
 *
 *   static lks_rw_distributed_indicator_t indicators[64];
 *   static lks_rw_distributed_t lock = LKS_RW_DISTRIBUTED_INIT(indicators, 64);
 */
/* count − 1, of a power of two; anything else does not compile. */
#define LKS_RW_DISTRIBUTED_MASK(count)                                                   \
    (LKS_CAST(uint32_t, (count)) -                                                       \
     LKS_CAST(uint32_t,                                                                  \
              sizeof(char[(count) > 0 && ((count) & ((count)-1)) == 0 ? 1 : -1])))
/* clang-format off */
#define LKS_RW_DISTRIBUTED_INIT(indicators, count)                                       \
    { LKS_RWMUTEX_INIT, (indicators), LKS_RW_DISTRIBUTED_MASK(count) }
/* clang-format on */

/*
 * Makes *lock a free lock on the caller's array of `count` indicators, which belongs to
 * the lock until lks_rw_distributed_destroy.
 * Returns 0, or EINVAL for a null or misaligned pointer or a count that is not a power of
 * two.
 */
LKS_INLINE int lks_rw_distributed_init(lks_rw_distributed_t *lock,
                                       lks_rw_distributed_indicator_t *indicators,
                                       uint32_t count)
{
    if (lock == LKS_NULL || indicators == LKS_NULL || count == 0 ||
        (count & (count - 1)) != 0 ||
        (LKS_ADDRESS(lock) | LKS_ADDRESS(indicators)) % LKS_CACHE_LINE != 0) {
        return EINVAL;
    }
    lock->indicators = indicators;
    lock->mask = count - 1;
    for (uint32_t i = 0; i < count; i++) {
        atomic_store_explicit(&indicators[i].occupied, false, memory_order_relaxed);
    }
    return lks_rwmutex_init(&lock->queue);
}

/* Frees an indicator. Release: pairs with the acquire in the writer's look at it; also
   when its reader did not come in, because another one's release may be behind it. */
LKS_INLINE void lks_rw_distributed_vacate(lks_rw_distributed_indicator_t *indicator)
{
    atomic_store_explicit(&indicator->occupied, false, memory_order_release);
}

/* Occupies an indicator and returns it, or NULL if there is none free. */
LKS_INLINE lks_rw_distributed_indicator_t *
lks_rw_distributed_occupy(lks_rw_distributed_t *lock)
{
    uint32_t own = lks_processor();
    for (uint32_t i = 0; i <= lock->mask; i++) {
        /* The one of its own, then from far away: those near by are other processors'. */
        lks_rw_distributed_indicator_t *indicator =
            &lock->indicators[(own ^ (0 - i)) & lock->mask];
        /* Sequentially consistent: before the look for a mark. */
        if (!atomic_exchange_explicit(&indicator->occupied, true, memory_order_seq_cst)) {
            return indicator;
        }
    }
    return LKS_NULL;
}

/* Comes in as a reader by an indicator, if one is free and there is no writer. Returns
   whether it did. */
LKS_INLINE bool lks_rw_distributed_enter(lks_rw_distributed_t *lock,
                                         lks_rw_distributed_reader_t *reader)
{
    reader->indicator = lks_rw_distributed_occupy(lock);
    if (reader->indicator == LKS_NULL) {
        return false;
    }
    /* Sequentially consistent: after the exchange. Also an acquire, of what the last
       writer released when it took its mark away. */
    uint32_t entered = atomic_load_explicit(&lock->queue.entered, memory_order_seq_cst);
    if ((entered & LKS_RWMUTEX_WRITER) == 0) {
        return true;
    }
    lks_rw_distributed_vacate(reader->indicator);
    return false;
}

/* Takes the lock as a reader, together with other readers, waiting as long as it takes,
   with *reader to remember how. Not again by a thread that has it: a writer may have come
   in between. */
LKS_INLINE void lks_rw_distributed_rdlock(lks_rw_distributed_t *lock,
                                          lks_rw_distributed_reader_t *reader)
    LKS_ACQUIRES_SHARED(*lock)
{
    if (!lks_rw_distributed_enter(lock, reader)) {
        lks_rwmutex_rdlock(&lock->queue);
        reader->indicator = LKS_NULL;
    }
}

/* Takes the lock as a reader if no writer holds it or is about to. Returns whether it
   did; never waits. */
LKS_INLINE_TRY bool lks_rw_distributed_tryrdlock(lks_rw_distributed_t *lock,
                                                 lks_rw_distributed_reader_t *reader)
    LKS_ACQUIRES_SHARED_IF(true, *lock)
{
    /* A writer that is seen at once is not kept waiting, however often this is called. */
    if (lks_rwmutex_has_writer(&lock->queue)) {
        return false;
    }
    if (lks_rw_distributed_enter(lock, reader)) {
        return true;
    }
    reader->indicator = LKS_NULL;
    return lks_rwmutex_tryrdlock(&lock->queue);
}

/* Gives the lock back; the caller holds it as a reader, with *reader. */
LKS_INLINE void lks_rw_distributed_rdunlock(lks_rw_distributed_t *lock,
                                            lks_rw_distributed_reader_t *reader)
    LKS_RELEASES_SHARED(*lock)
{
    if (reader->indicator == LKS_NULL) {
        lks_rwmutex_rdunlock(&lock->queue);
        return;
    }
    lks_check(atomic_load_explicit(&reader->indicator->occupied, memory_order_relaxed),
              "the lock is not held", lock);
    lks_rw_distributed_vacate(reader->indicator);
}

/* Whether an indicator is occupied. Sequentially consistent: after the writer's mark.
   Also an acquire, of what the readers released when they freed it: each one's exchange
   has acquired what the reader before it released. */
LKS_INLINE bool
lks_rw_distributed_is_occupied(const lks_rw_distributed_indicator_t *indicator)
{
    return atomic_load_explicit(&indicator->occupied, memory_order_seq_cst);
}

/* Whether any indicator is. */
LKS_INLINE bool lks_rw_distributed_has_indicated(const lks_rw_distributed_t *lock)
{
    for (uint32_t i = 0; i <= lock->mask; i++) {
        if (lks_rw_distributed_is_occupied(&lock->indicators[i])) {
            return true;
        }
    }
    return false;
}

/* Puts the mark, which the writer has made, into the one order in which its looks at the
   indicators come later; it adds nothing. */
LKS_INLINE void lks_rw_distributed_order_mark(lks_rw_distributed_t *lock)
{
    (void)atomic_fetch_add_explicit(&lock->queue.entered, 0, memory_order_seq_cst);
}

/* Takes the lock as the writer, alone, waiting as long as it takes; asleep in the queue,
   yielding while readers are at the indicators. */
LKS_INLINE void lks_rw_distributed_wrlock(lks_rw_distributed_t *lock) LKS_ACQUIRES(*lock)
{
    lks_rwmutex_wrlock(&lock->queue);
    lks_rw_distributed_order_mark(lock);
    for (uint32_t i = 0; i <= lock->mask; i++) {
        lks_await(!lks_rw_distributed_is_occupied(&lock->indicators[i]));
    }
}

/* Takes the lock as the writer if nobody holds it or waits for it. Returns whether it
   did; never waits, but readers that come just now may give way to it in vain. */
LKS_INLINE_TRY bool lks_rw_distributed_trywrlock(lks_rw_distributed_t *lock)
    LKS_ACQUIRES_IF(true, *lock)
{
    /* The look beforehand leaves readers in peace when it is in vain. */
    if (lks_rw_distributed_has_indicated(lock) || !lks_rwmutex_trywrlock(&lock->queue)) {
        return false;
    }
    lks_rw_distributed_order_mark(lock);
    if (lks_rw_distributed_has_indicated(lock)) {
        lks_rwmutex_wrunlock(&lock->queue);
        return false;
    }
    return true;
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_rw_distributed_is_locked(const lks_rw_distributed_t *lock)
{
    return lks_rwmutex_is_locked(&lock->queue) || lks_rw_distributed_has_indicated(lock);
}

/* Gives the lock back; the caller holds it as the writer. */
LKS_INLINE void lks_rw_distributed_wrunlock(lks_rw_distributed_t *lock)
    LKS_RELEASES(*lock)
{
    lks_rwmutex_wrunlock(&lock->queue);
}

/* Makes the writer, the caller, a reader, with *reader to remember it; readers that wait
   come in, too. */
LKS_INLINE void lks_rw_distributed_downgrade(lks_rw_distributed_t *lock,
                                             lks_rw_distributed_reader_t *reader)
    LKS_RELEASES(*lock) LKS_ACQUIRES_SHARED(*lock)
{
    lks_rwmutex_downgrade(&lock->queue);
    reader->indicator = LKS_NULL;
}

/* Ends the lock's life; nobody holds it, waits for it, or has yet to come back from
   giving it back. The indicators are the caller's again. */
LKS_INLINE void lks_rw_distributed_destroy(lks_rw_distributed_t *lock)
{
    (void)lock;
    lks_check(!lks_rw_distributed_is_locked(lock), "the lock is in use", lock);
}

#endif

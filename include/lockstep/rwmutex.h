/* SPDX-License-Identifier: MIT */
/*
 * Reader-writer mutex: phase-fair, and its waiters sleep.
 *
 * Readers count themselves in and out, as in the phase-fair lock. A writer puts its mark
 * on the count of those that came in, and waits until as many are out. A reader that
 * finds the mark waits until it is gone, or is another one: the next writer's has the
 * other PHASE, and that writer waits for the reader, which is counted in.
 *
 *   entered    readers that came in | ASLEEP | PHASE | WRITER
 *   left       readers that left    | ASLEEP | CLOSED
 *
 * Those that wait for the mark to go sleep on `entered`, the writer that waits for
 * readers sleeps on `left`; ASLEEP says so to the thread that ends the wait. Other
 * writers are in a queue, each asleep on a word of its own; only the first of them tries
 * for the mark. Writers that come may get it before: they try for a while, in case the
 * lock is free, before they join the queue. When that has happened, CLOSED sends them all
 * into the queue until the first of it has had its turn.
 *
 *   writer leaves: all readers that wait wake and go in; so does the first of the queue,
 *                  whose mark keeps out those that come later
 *   last reader leaves that the mark covers: the writer wakes
 *
 *   cost       uncontended: two read-modify-writes; none in a process that has had one
 *              thread so far (lks_only_thread). Contended: remote references without
 *              bound while spinning, then a system call or two. Space: three words of 32
 *              bits and a pointer; in the library, a pointer and a word a thread.
 *   fairness   a reader is passed over by one writer at most. The first writer in the
 *              queue is passed over by writers that had come by before it closed the
 *              lock; the others in the queue are served in order. None for a writer with
 *              a deadline.
 *   progress   starvation-free, with fewer than 2²⁹ readers at a time; not for a writer
 *              with a deadline.
 *   lifetime   may be freed, moved or used again when nobody holds it, waits for it or
 *              will: also by the thread that held it last, right after it gave it back,
 *              though calls of earlier holders have not returned yet.
 *
 * After fork, a lock that another thread held stays held for ever in the child.
 *
 * B. B. Brandenburg, J. H. Anderson: Spin-Based Reader-Writer Synchronization for
 * Multiprocessor Real-Time Systems. Real-Time Systems 46(1), 2010.
 * U. Drepper: Futexes Are Tricky. Red Hat, 2011.
 */
#ifndef LOCKSTEP_RWMUTEX_H
#define LOCKSTEP_RWMUTEX_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <time.h>

/* A writer in the queue; see lib/rwmutex.c. */
struct lks_rwmutex_writer;

typedef struct LKS_CAPABILITY lks_rwmutex {
    _Atomic(uint32_t) entered; /* readers that came in, and the bits below */
    _Atomic(uint32_t) left;    /* readers that left, and the bits below */
    _Atomic(uint32_t) awaited; /* what `left` must be for a writer that sleeps on it */
    _Atomic(struct lks_rwmutex_writer *) last; /* of the queue; NULL: nobody is in it */
} lks_rwmutex_t;

enum {
    LKS_RWMUTEX_WRITER = 1, /* in `entered`: a writer is inside or waits for readers */
    LKS_RWMUTEX_PHASE = 2,  /* in `entered`: changes when a writer leaves */
    LKS_RWMUTEX_CLOSED = 2, /* in `left`: writers that come go into the queue */
    LKS_RWMUTEX_ASLEEP = 4, /* in both: somebody sleeps on it, or is about to */
    LKS_RWMUTEX_READER = 8  /* one reader, in both */
};

/* clang-format off */
#define LKS_RWMUTEX_INIT { 0, 0, 0, LKS_NULL }
/* clang-format on */

#ifdef __cplusplus
extern "C" {
#endif

/* What the inline functions call when there is more to do. */
void lks_rwmutex_await_writer(lks_rwmutex_t *lock, uint32_t entered);
int lks_rwmutex_read_until(lks_rwmutex_t *lock, const struct timespec *deadline);
void lks_rwmutex_queue(lks_rwmutex_t *lock);
int lks_rwmutex_write_until(lks_rwmutex_t *lock, const struct timespec *deadline);
void lks_rwmutex_wake_all(lks_rwmutex_t *lock);
void lks_rwmutex_leave_to_sleeper(lks_rwmutex_t *lock);
void lks_rwmutex_wake_writer(lks_rwmutex_t *lock);

#ifdef __cplusplus
}
#endif

/* Makes *lock a free lock. Returns 0, or EINVAL for a null pointer. */
LKS_INLINE int lks_rwmutex_init(lks_rwmutex_t *lock)
{
    if (lock == LKS_NULL) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->entered, 0, memory_order_relaxed);
    atomic_store_explicit(&lock->left, 0, memory_order_relaxed);
    atomic_store_explicit(&lock->awaited, 0, memory_order_relaxed);
    atomic_store_explicit(&lock->last, LKS_NULL, memory_order_relaxed);
    return 0;
}

/* Takes the lock as a reader, together with other readers, waiting as long as it takes;
   asleep, if it takes long. Not again by a thread that has it: a writer may have come in
   between. */
LKS_INLINE void lks_rwmutex_rdlock(lks_rwmutex_t *lock) LKS_ACQUIRES_SHARED(*lock)
{
    uint32_t entered;
    if (lks_only_thread()) {
        entered = atomic_load_explicit(&lock->entered, memory_order_relaxed);
        atomic_store_explicit(&lock->entered, entered + LKS_RWMUTEX_READER,
                              memory_order_relaxed);
    } else {
        /* Acquire: what the last writer released when it took its mark away. */
        entered = atomic_fetch_add_explicit(&lock->entered, LKS_RWMUTEX_READER,
                                            memory_order_acquire);
    }
    if ((entered & LKS_RWMUTEX_WRITER) != 0) {
        lks_rwmutex_await_writer(lock, entered);
    }
}

/* Takes the lock as a reader if no writer holds it or is about to. Returns whether it
   did; never waits: it tries again only when another reader came in just then. */
LKS_INLINE_TRY bool lks_rwmutex_tryrdlock(lks_rwmutex_t *lock)
    LKS_ACQUIRES_SHARED_IF(true, *lock)
{
    uint32_t entered = atomic_load_explicit(&lock->entered, memory_order_relaxed);
    while ((entered & LKS_RWMUTEX_WRITER) == 0) {
        /* Acquire: as in rdlock. */
        if (atomic_compare_exchange_strong_explicit(
                &lock->entered, &entered, entered + LKS_RWMUTEX_READER,
                memory_order_acquire, memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/*
 * Takes the lock as a reader, waiting until the instant *deadline of CLOCK_MONOTONIC at
 * most. Returns 0, ETIMEDOUT, or EINVAL if the deadline's nanoseconds are not 0 …
 * 999999999 or its seconds are negative; the last only when it had to wait.
 */
LKS_INLINE_TRY int lks_rwmutex_timedrdlock(lks_rwmutex_t *lock,
                                           const struct timespec *deadline)
    LKS_ACQUIRES_SHARED_IF(0, *lock)
{
    return lks_rwmutex_tryrdlock(lock) ? 0 : lks_rwmutex_read_until(lock, deadline);
}

/* Whether as many readers have left as came in. */
LKS_INLINE bool lks_rwmutex_readers_are_out(uint32_t entered, uint32_t left)
{
    return entered / LKS_RWMUTEX_READER == left / LKS_RWMUTEX_READER;
}

/* With LKS_CHECKED: whether readers are inside, or wait. */
LKS_INLINE bool lks_rwmutex_has_readers(const lks_rwmutex_t *lock)
{
    /* Acquire: not to see a reader leave and not have seen it come. */
    uint32_t left = atomic_load_explicit(&lock->left, memory_order_acquire);
    return !lks_rwmutex_readers_are_out(
        atomic_load_explicit(&lock->entered, memory_order_relaxed), left);
}

/* Gives the lock back; the caller holds it as a reader. */
LKS_INLINE void lks_rwmutex_rdunlock(lks_rwmutex_t *lock) LKS_RELEASES_SHARED(*lock)
{
    lks_check(lks_rwmutex_has_readers(lock), "the lock is not held", lock);
    if (lks_only_thread()) {
        uint32_t alone = atomic_load_explicit(&lock->left, memory_order_relaxed);
        atomic_store_explicit(&lock->left, alone + LKS_RWMUTEX_READER,
                              memory_order_relaxed);
        return;
    }
    /* Acquire: `awaited`, which a writer has set before ASLEEP. */
    if ((atomic_load_explicit(&lock->left, memory_order_acquire) & LKS_RWMUTEX_ASLEEP) !=
        0) {
        lks_rwmutex_leave_to_sleeper(lock);
        return;
    }
    /* Release: pairs with the acquire of `left` by the next writer, whose load sees the
       last of these additions, and through it all of them. Then the lock may be gone. */
    uint32_t left =
        atomic_fetch_add_explicit(&lock->left, LKS_RWMUTEX_READER, memory_order_release);
    if ((left & LKS_RWMUTEX_ASLEEP) != 0) {
        lks_rwmutex_wake_writer(lock);
    }
}

/* Takes the lock as the writer if nobody holds it, and no writer has waited for so long
   that it closed the lock. Returns whether it did; never waits. */
LKS_INLINE_TRY bool lks_rwmutex_trywrlock(lks_rwmutex_t *lock)
    LKS_ACQUIRES_IF(true, *lock)
{
    /* Acquire: what the readers released in rdunlock. */
    uint32_t left = atomic_load_explicit(&lock->left, memory_order_acquire);
    uint32_t entered = atomic_load_explicit(&lock->entered, memory_order_relaxed);
    if ((left & LKS_RWMUTEX_CLOSED) != 0 || (entered & LKS_RWMUTEX_WRITER) != 0 ||
        !lks_rwmutex_readers_are_out(entered, left)) {
        return false;
    }
    if (lks_only_thread()) {
        atomic_store_explicit(&lock->entered, entered | LKS_RWMUTEX_WRITER,
                              memory_order_relaxed);
        return true;
    }
    /* Acquire: as in rdlock. */
    return atomic_compare_exchange_strong_explicit(
        &lock->entered, &entered, entered | LKS_RWMUTEX_WRITER, memory_order_acquire,
        memory_order_relaxed);
}

/* Takes the lock as the writer, alone, waiting as long as it takes; asleep, if it takes
   long. */
LKS_INLINE void lks_rwmutex_wrlock(lks_rwmutex_t *lock) LKS_ACQUIRES(*lock)
{
    if (!lks_rwmutex_trywrlock(lock)) {
        lks_rwmutex_queue(lock);
    }
}

/* Takes the lock as the writer, waiting until *deadline at most; returns what timedrdlock
   does. It is not in the queue: writers that come later may go before it, those in the
   queue do when it has closed the lock. While it waits for readers, its mark keeps out
   those that come later, also if it gives up in the end. */
LKS_INLINE_TRY int lks_rwmutex_timedwrlock(lks_rwmutex_t *lock,
                                           const struct timespec *deadline)
    LKS_ACQUIRES_IF(0, *lock)
{
    return lks_rwmutex_trywrlock(lock) ? 0 : lks_rwmutex_write_until(lock, deadline);
}

/* Takes the writer's mark away and adds so many readers, at once. */
LKS_INLINE void lks_rwmutex_leave(lks_rwmutex_t *lock, uint32_t readers)
{
    uint32_t entered = atomic_load_explicit(&lock->entered, memory_order_relaxed);
    uint32_t unmarked;
    do {
        unmarked = (entered ^ LKS_RWMUTEX_PHASE) + readers * LKS_RWMUTEX_READER;
        unmarked &= ~LKS_CAST(uint32_t, LKS_RWMUTEX_WRITER | LKS_RWMUTEX_ASLEEP);
        if (lks_only_thread()) {
            atomic_store_explicit(&lock->entered, unmarked, memory_order_relaxed);
            return;
        }
        /* Release: pairs with the acquire of `entered` by all threads that come in. Then
           the lock may be gone. */
    } while (!atomic_compare_exchange_strong_explicit(
        &lock->entered, &entered, unmarked, memory_order_release, memory_order_relaxed));
    if ((entered & LKS_RWMUTEX_ASLEEP) != 0) {
        lks_rwmutex_wake_all(lock);
    }
}

/* Whether a writer is inside, or waits for readers: a hint, it orders nothing. */
LKS_INLINE bool lks_rwmutex_has_writer(const lks_rwmutex_t *lock)
{
    return (atomic_load_explicit(&lock->entered, memory_order_relaxed) &
            LKS_RWMUTEX_WRITER) != 0;
}

/* Gives the lock back; the caller holds it as the writer. */
LKS_INLINE void lks_rwmutex_wrunlock(lks_rwmutex_t *lock) LKS_RELEASES(*lock)
{
    lks_check(lks_rwmutex_has_writer(lock), "the lock is not held", lock);
    lks_rwmutex_leave(lock, 0);
}

/* Makes the writer, the caller, a reader; readers that wait come in, too. */
LKS_INLINE void lks_rwmutex_downgrade(lks_rwmutex_t *lock) LKS_RELEASES(*lock)
    LKS_ACQUIRES_SHARED(*lock)
{
    lks_check(lks_rwmutex_has_writer(lock), "the lock is not held", lock);
    lks_rwmutex_leave(lock, 1);
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_rwmutex_is_locked(const lks_rwmutex_t *lock)
{
    /* Acquire: not to see a reader leave and not have seen it come, for then it would
       seem to be the caller who has left. */
    uint32_t left = atomic_load_explicit(&lock->left, memory_order_acquire);
    uint32_t entered = atomic_load_explicit(&lock->entered, memory_order_relaxed);
    return (entered & LKS_RWMUTEX_WRITER) != 0 ||
           !lks_rwmutex_readers_are_out(entered, left);
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing, and need not be
   called. */
LKS_INLINE void lks_rwmutex_destroy(lks_rwmutex_t *lock)
{
    (void)lock;
    lks_check(!lks_rwmutex_is_locked(lock) &&
                  atomic_load_explicit(&lock->last, memory_order_relaxed) == LKS_NULL,
              "the lock is in use", lock);
}

#endif

/* SPDX-License-Identifier: MIT */
/* The reader-writer mutex: how threads wait, and which are woken. See rwmutex.h. */
#include <lockstep/futex.h>
#include <lockstep/rwlock.h>
#include <lockstep/wait.h>

#undef LKS_INLINE
#define LKS_INLINE
#include <lockstep/rwmutex.h>

#include "tsan.h"

/* Tries of a wait, a pause apart, before it sleeps: about as long as it takes to fall
   asleep and be woken. Chosen from the length of a pause, not measured; what another
   number does: build/lockbench -w rwmutex -t 2,4 --writes 10,50. */
enum { SPINS = 256 };

/* After a failed try of a wait: counts it and pauses, or returns false when there were
   enough to sleep. */
static bool spin_on(unsigned *tries)
{
    if (*tries >= lks_worth_spinning(SPINS)) {
        return false;
    }
    ++*tries;
    lks_delay(1);
    return true;
}

/* --- waiting for a writer to leave -------------------------------------------------- */

/* Whether the writer's mark is still the one in `mark`, which has one. */
static bool is_marked(uint32_t entered, uint32_t mark)
{
    return ((entered ^ mark) & (LKS_RWMUTEX_WRITER | LKS_RWMUTEX_PHASE)) == 0;
}

/*
 * Waits until the mark is another one, or gone, and returns 0, having acquired what the
 * change released; or until something else has ended its sleep, and returns EAGAIN: a
 * wake-up meant for an earlier mark, or a reader that came just now; or until the
 * deadline, if there is one, and returns ETIMEDOUT.
 */
static int spin_or_sleep_once(lks_rwmutex_t *lock, uint32_t mark,
                              const struct timespec *deadline)
{
    unsigned tries = 0;
    uint32_t entered;
    while (is_marked(entered = atomic_load_explicit(&lock->entered, memory_order_acquire),
                     mark)) {
        if (spin_on(&tries)) {
            continue;
        }
        /* Relaxed: the writer takes its mark away by a read-modify-write, too. Either
           that comes later and finds ASLEEP, or ASLEEP is not set. */
        if ((entered & LKS_RWMUTEX_ASLEEP) != 0 ||
            atomic_compare_exchange_strong_explicit(
                &lock->entered, &entered, entered | LKS_RWMUTEX_ASLEEP,
                memory_order_relaxed, memory_order_relaxed)) {
            int error =
                lks_futex_wait(&lock->entered, entered | LKS_RWMUTEX_ASLEEP, deadline);
            return error == ETIMEDOUT ? ETIMEDOUT : EAGAIN;
        }
        return EAGAIN;
    }
    return 0;
}

void lks_rwmutex_await_writer(lks_rwmutex_t *lock, uint32_t entered)
{
    while (spin_or_sleep_once(lock, entered, NULL) != 0) {
    }
    tell_acquired(&lock->entered);
}

/* Counts a reader out that still waits for the mark to go: in `entered`, as if it had
   never come, for the writer inside does not wait for it. Returns whether it did; else
   the mark has changed, and the reader is inside. */
static bool take_back(lks_rwmutex_t *lock, uint32_t mark)
{
    uint32_t entered;
    /* Acquire: as in rdlock. */
    while (is_marked(entered = atomic_load_explicit(&lock->entered, memory_order_acquire),
                     mark)) {
        /* Relaxed: it was not inside. */
        if (atomic_compare_exchange_strong_explicit(
                &lock->entered, &entered, entered - LKS_RWMUTEX_READER,
                memory_order_relaxed, memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

int lks_rwmutex_read_until(lks_rwmutex_t *lock, const struct timespec *deadline)
{
    if (!lks_is_instant(deadline)) {
        return EINVAL;
    }
    /* Acquire: as in rdlock. */
    uint32_t entered = atomic_fetch_add_explicit(&lock->entered, LKS_RWMUTEX_READER,
                                                 memory_order_acquire);
    if ((entered & LKS_RWMUTEX_WRITER) != 0) {
        int error;
        do {
            error = spin_or_sleep_once(lock, entered, deadline);
        } while (error == EAGAIN);
        if (error == ETIMEDOUT && take_back(lock, entered)) {
            return ETIMEDOUT;
        }
    }
    tell_acquired(&lock->entered);
    return 0;
}

void lks_rwmutex_wake_all(lks_rwmutex_t *lock)
{
    lks_futex_wake(&lock->entered, UINT32_MAX);
}

/* --- waiting for readers to leave --------------------------------------------------- */

/* In `awaited`: all readers that leave are. For a writer with a deadline: a reader that
   has read this may leave when that writer has given up and the next one sleeps. */
enum { ANY_READER = 1 };

/* Waits until `left` counts `awaited`; opens the lock again if it was closed. The
   caller's mark is up. Returns 0, or ETIMEDOUT if there is a deadline and it came before:
   then nothing of the wait is left but the mark. */
static int await_readers(lks_rwmutex_t *lock, uint32_t awaited,
                         const struct timespec *deadline)
{
    uint32_t left;
    unsigned tries = 0;
    int error = 0;
    atomic_store_explicit(&lock->awaited, deadline == NULL ? awaited : ANY_READER,
                          memory_order_relaxed);
    /* Acquire: what the readers released in rdunlock. */
    while (!lks_rwmutex_readers_are_out(
        awaited, left = atomic_load_explicit(&lock->left, memory_order_acquire))) {
        if (spin_on(&tries)) {
            continue;
        }
        if (error == ETIMEDOUT) {
            /* Relaxed: a reader that found it set wakes for nothing. */
            (void)atomic_fetch_and_explicit(&lock->left, ~(uint32_t)LKS_RWMUTEX_ASLEEP,
                                            memory_order_relaxed);
            return ETIMEDOUT;
        }
        tries = 0;
        /* Release: `awaited`, to the reader that finds ASLEEP. */
        if ((left & LKS_RWMUTEX_ASLEEP) != 0 ||
            atomic_compare_exchange_strong_explicit(
                &lock->left, &left, left | LKS_RWMUTEX_ASLEEP, memory_order_release,
                memory_order_relaxed)) {
            error = lks_futex_wait(&lock->left, left | LKS_RWMUTEX_ASLEEP, deadline);
        }
    }
    /* Nobody else writes it while a writer is inside, but for the next one that closes
       the lock. Relaxed: what the readers released the caller has acquired, and gives on
       by `entered`. */
    atomic_store_explicit(&lock->left, awaited, memory_order_relaxed);
    return 0;
}

/* The writer waits for the caller, too: it does not set `awaited` anew before the caller
   has left, unless it was ANY_READER; and after that the lock may be gone. */
void lks_rwmutex_leave_to_sleeper(lks_rwmutex_t *lock)
{
    uint32_t awaited = atomic_load_explicit(&lock->awaited, memory_order_relaxed);
    tell_releases(&lock->left);
    /* Release: as in rdunlock. */
    uint32_t left =
        atomic_fetch_add_explicit(&lock->left, LKS_RWMUTEX_READER, memory_order_release);
    if (awaited == ANY_READER ||
        lks_rwmutex_readers_are_out(awaited, left + LKS_RWMUTEX_READER)) {
        lks_rwmutex_wake_writer(lock);
    }
}

void lks_rwmutex_wake_writer(lks_rwmutex_t *lock)
{
    lks_futex_wake(&lock->left, 1);
}

/* --- the queue of writers: as in an MCS lock ---------------------------------------- */

struct lks_rwmutex_writer {
    _Atomic(struct lks_rwmutex_writer *) next;
    _Atomic(uint32_t) place; /* a word to be slept on: even */
};

enum { BEHIND = 2, FIRST = 4 };

/* One is enough for a thread, which waits for one lock at a time. */
static _Thread_local struct lks_rwmutex_writer own;

static const lks_wait_mode_t spin_then_sleep = LKS_WAIT_SLEEP;

/* Waits until `self` is the first. The orders are those of the MCS lock, whose comments
   say why; that lks_await_change acquires is more than is needed, for this queue guards
   no data. */
static void join(lks_rwmutex_t *lock, struct lks_rwmutex_writer *self)
{
    atomic_store_explicit(&self->next, NULL, memory_order_relaxed);
    atomic_store_explicit(&self->place, BEHIND, memory_order_relaxed);
    struct lks_rwmutex_writer *before =
        atomic_exchange_explicit(&lock->last, self, memory_order_acq_rel);
    if (before != NULL) {
        atomic_store_explicit(&before->next, self, memory_order_release);
        lks_await_change(&self->place, BEHIND, &spin_then_sleep);
    }
}

static void leave(lks_rwmutex_t *lock, struct lks_rwmutex_writer *self)
{
    struct lks_rwmutex_writer *next =
        atomic_load_explicit(&self->next, memory_order_acquire);
    if (next == NULL) {
        struct lks_rwmutex_writer *last = self;
        /* Relaxed: the queue guards no data. */
        if (atomic_compare_exchange_strong_explicit(
                &lock->last, &last, NULL, memory_order_relaxed, memory_order_relaxed)) {
            return;
        }
        lks_await((next = atomic_load_explicit(&self->next, memory_order_acquire)) !=
                  NULL);
    }
    lks_change_and_wake(&next->place, FIRST);
}

/* --- writers ------------------------------------------------------------------------ */

/* Puts the mark up, unless there is one. Returns what `entered` was. */
static uint32_t mark(lks_rwmutex_t *lock)
{
    uint32_t entered = atomic_load_explicit(&lock->entered, memory_order_relaxed);
    /* Acquire: pairs with the release of the writer that left. */
    while ((entered & LKS_RWMUTEX_WRITER) == 0 &&
           !atomic_compare_exchange_strong_explicit(
               &lock->entered, &entered, entered | LKS_RWMUTEX_WRITER,
               memory_order_acquire, memory_order_relaxed)) {
    }
    return entered;
}

/* Relaxed: it keeps writers away, and goes with no data. */
static void close_to_writers(lks_rwmutex_t *lock)
{
    uint32_t left = atomic_load_explicit(&lock->left, memory_order_relaxed);
    while (!atomic_compare_exchange_strong_explicit(
        &lock->left, &left, left | LKS_RWMUTEX_CLOSED, memory_order_relaxed,
        memory_order_relaxed)) {
    }
}

static bool is_closed(const lks_rwmutex_t *lock)
{
    return (atomic_load_explicit(&lock->left, memory_order_relaxed) &
            LKS_RWMUTEX_CLOSED) != 0;
}

static uint32_t readers_in(uint32_t entered)
{
    return entered & ~(uint32_t)(LKS_RWMUTEX_READER - 1);
}

/*
 * Takes the lock in a moment in which it is free, if there is one soon. A writer does
 * that before it joins the queue, whose first may have to wait for a processor: meanwhile
 * those that run need not wait for it. Not when the lock is closed to them. No mark is
 * put up, so it keeps no reader out.
 */
static bool write_in_passing(lks_rwmutex_t *lock)
{
    unsigned tries = 0;
    while (!is_closed(lock) && spin_on(&tries)) {
        if (lks_rwmutex_trywrlock(lock)) {
            return true;
        }
    }
    return false;
}

static void write_in_turn(lks_rwmutex_t *lock)
{
    join(lock, &own);
    uint32_t entered = mark(lock);
    while ((entered & LKS_RWMUTEX_WRITER) != 0) {
        (void)spin_or_sleep_once(lock, entered, NULL);
        entered = mark(lock);
        if ((entered & LKS_RWMUTEX_WRITER) != 0) {
            close_to_writers(lock); /* another one was quicker */
        }
    }
    leave(lock, &own);
    (void)await_readers(lock, readers_in(entered), NULL);
}

void lks_rwmutex_queue(lks_rwmutex_t *lock)
{
    if (!write_in_passing(lock)) {
        write_in_turn(lock);
    }
    tell_acquired(&lock->entered);
    tell_acquired(&lock->left);
}

/* Not through the queue, where nobody can give up its place. */
int lks_rwmutex_write_until(lks_rwmutex_t *lock, const struct timespec *deadline)
{
    if (!lks_is_instant(deadline)) {
        return EINVAL;
    }
    uint32_t entered;
    for (;;) {
        entered = atomic_load_explicit(&lock->entered, memory_order_relaxed);
        if ((entered & LKS_RWMUTEX_WRITER) != 0) {
            if (spin_or_sleep_once(lock, entered, deadline) == ETIMEDOUT) {
                return ETIMEDOUT;
            }
        } else if (is_closed(lock)) {
            /* The first of the queue is about to put its mark up. */
            lks_await(lks_rwmutex_has_writer(lock) || !is_closed(lock));
        } else if (((entered = mark(lock)) & LKS_RWMUTEX_WRITER) == 0) {
            break;
        }
    }
    if (await_readers(lock, readers_in(entered), deadline) != 0) {
        lks_rwmutex_leave(lock, 0);
        return ETIMEDOUT;
    }
    tell_acquired(&lock->entered);
    tell_acquired(&lock->left);
    return 0;
}

/* --- in the catalog ----------------------------------------------------------------- */

LKS_RWLOCK_CALLS_context_free(rwmutex)

static size_t rwmutex_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_rwmutex_t);
}

static int rwmutex_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_rwmutex_init(lock);
}

static void rwmutex_age(void *lock)
{
    lks_rwmutex_t *rwmutex = lock;
    const uint32_t readers = UINT32_MAX - 2 * LKS_RWMUTEX_READER + 1;
    atomic_store_explicit(&rwmutex->entered, readers, memory_order_relaxed);
    atomic_store_explicit(&rwmutex->left, readers, memory_order_relaxed);
}

const lks_rwlock_class_t lks_rwmutex_class = {
    .name = "rwmutex",
    .summary = "phase-fair, and waiters sleep: the one to use when you don't know which",
    .paper = "Brandenburg, Anderson: Spin-Based Reader-Writer Synchronization for "
             "Multiprocessor Real-Time Systems, 2010",
    .traits = LKS_RWLOCK_READERS_PASS | LKS_RWLOCK_WRITERS_PASS | LKS_RWLOCK_SLEEPS,
    .size = rwmutex_size,
    .init = rwmutex_init,
    .rdlock = rwmutex_rdlock,
    .tryrdlock = rwmutex_tryrdlock,
    .rdunlock = rwmutex_rdunlock,
    .wrlock = rwmutex_wrlock,
    .trywrlock = rwmutex_trywrlock,
    .wrunlock = rwmutex_wrunlock,
    .downgrade = rwmutex_downgrade,
    .is_locked = rwmutex_is_locked,
    .destroy = rwmutex_destroy,
    .age = rwmutex_age,
};

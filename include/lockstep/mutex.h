/* SPDX-License-Identifier: MIT */
/*
 * Mutex: the lock to use when you don't know which.
 *
 * `held` says whether the lock is taken, as in a test-and-set lock. A waiter spins for a
 * while; then it counts itself in `waiters` and sleeps. The thread that gives the lock
 * back does so with a store and looks whether somebody sleeps. For that look not to miss
 * a waiter that at the same moment looks whether the lock is free, a fence would have to
 * stand between the store and the look. It is an asymmetric one (see fence.h): its light
 * half, here, costs next to nothing; its heavy half is paid by the thread that goes to
 * sleep.
 *
 *   unlock                              going to sleep
 *     held = 0                            waiters += 1
 *     light fence                         heavy fence
 *     look at waiters                     look at held, sleep if it is taken
 *
 * At most one waiter at a time is woken to compete with threads that just come by: the
 * one that fell asleep first. It has the token. When it has the lock, or has gone back to
 * sleep, the token is free for the next. One that has waited longer than a bound says so
 * (HUNGRY); the next unlock hands it the lock, unless another thread takes it in that
 * instant.
 *
 *     asleep --- an unlock: TOKEN, WAKING ---> competes --- too late ---> sleeps again
 *                                              (TOKEN)  \
 *                                                        waited too long: HUNGRY; sleeps,
 *                                                        until the lock is handed over
 *
 *   cost       uncontended: one read-modify-write for lock and unlock together.
 *              Contended: remote references without bound while spinning, then a system
 *              call or two. Space: 8 bytes, and nothing elsewhere.
 *   fairness   none for waits shorter than the bound: threads that come by may overtake.
 *              A thread that has waited longer is handed the lock when its turn to be
 *              woken has come, by the first unlock after which no other processor is
 *              quicker. Turns come in the order in which waiters last went to sleep.
 *   progress   deadlock-free; a thread that unlocks and locks again at once finds the
 *              lock already handed to a hungry waiter; only a third thread can slip in
 *              between.
 *   lifetime   may be freed, moved or used again when nobody holds it or waits for it and
 *              every unlock has returned: unlock looks at it once more after it has given
 *              the lock back.
 *
 * After fork, a mutex that another thread held stays held for ever in the child. One that
 * the forking thread held may be unlocked there, but if threads waited for it, it must
 * then be made anew by lks_mutex_init: they are counted, and are not there.
 *
 * U. Drepper: Futexes Are Tricky. Red Hat, 2011, for locks that sleep; the token and the
 * bound as in other adaptive mutexes (Mozilla's nsync, WebKit's WTF::Lock, Go's
 * sync.Mutex).
 */
#ifndef LOCKSTEP_MUTEX_H
#define LOCKSTEP_MUTEX_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/fence.h>
#include <time.h>

typedef struct lks_mutex {
    _Atomic(uint32_t) held;    /* one of those below */
    _Atomic(uint32_t) waiters; /* how many sleep or are about to, and the bits below */
} lks_mutex_t;

/* Values of `held`; with LKS_CHECKED, instead of HELD, the number of the holder's
   thread. */
enum {
    LKS_MUTEX_FREE = 0,
    LKS_MUTEX_HELD = 1,
    LKS_MUTEX_HANDED = 2 /* to the hungry waiter, which has yet to notice */
};

/*
 * Parts of `waiters`. All are changed by read-modify-writes. unlock reads them without
 * one, and may read them stale, but never so that nobody looks after a waiter: see the
 * fences.
 *
 *             set by                        cleared by
 *   TOKEN     an unlock that wakes a        its owner, when it sleeps again or stops
 *             waiter, or that waiter        waiting; with WAKING, any waiter that leaves
 *   WAKING    an unlock that wakes a        the waiter that takes the token; any
 *             waiter, with TOKEN            waiter that leaves
 *   HUNGRY    the owner of TOKEN, when it   the same, when it has the lock or gives up;
 *             has waited too long           stale to a hand-over that is under way
 *   FENCED    a waiter that has made the    the last waiter that leaves. Set while
 *             heavy fence                   waiters were there without a gap since one
 *                                           of them made the fence: later need not
 *   SPINS     waiters, from how long        nobody: a hint, which may be stale
 *             spinning took
 *   SLEEPER   a waiter that is about to     the same, when it stops waiting: one each
 *             sleep
 */
enum {
    LKS_MUTEX_TOKEN = 1,  /* a woken waiter competes, or is about to be woken */
    LKS_MUTEX_WAKING = 2, /* the token has yet to be taken by the waiter that wakes */
    LKS_MUTEX_HUNGRY = 4, /* the waiter that has the token wants to be handed the lock */
    LKS_MUTEX_FENCED = 8, /* present waiters are fenced: see above */
    LKS_MUTEX_SPINS = 7 << 4,  /* how long to spin; see lib/mutex.c */
    LKS_MUTEX_SLEEPER = 1 << 8 /* one waiter */
};

/* clang-format off */
#define LKS_MUTEX_INIT { 0, 0 }
/* clang-format on */

/* A waiter that has waited for so long is handed the lock, unless told otherwise. Chosen,
   not measured; what another bound does to throughput and to the longest wait:
   build/lockbench -l mutex -t 4,8. */
#define LKS_MUTEX_BOUND_NS 1000000u

#ifdef __cplusplus
extern "C" {
#endif

/* What the inline functions call when there is more to do. */
int lks_mutex_wait(lks_mutex_t *mutex, const struct timespec *deadline);
void lks_mutex_wake(lks_mutex_t *mutex);

/* Sets the bound for all mutexes of the process, at once, in nanoseconds. 0: every waiter
   that is woken and comes too late is handed the lock next. */
void lks_mutex_set_bound(uint64_t nanoseconds);

#ifdef __cplusplus
}
#endif

/* Makes *mutex a free lock. Returns 0, or EINVAL for a null pointer. */
LKS_INLINE int lks_mutex_init(lks_mutex_t *mutex)
{
    if (mutex == LKS_NULL) {
        return EINVAL;
    }
    atomic_store_explicit(&mutex->held, LKS_MUTEX_FREE, memory_order_relaxed);
    atomic_store_explicit(&mutex->waiters, 0, memory_order_relaxed);
    return 0;
}

/* What a holder writes into `held`. */
#ifdef LKS_CHECKED
#define LKS_MUTEX_MINE lks_thread_number()
#else
#define LKS_MUTEX_MINE (LKS_CAST(uint32_t, LKS_MUTEX_HELD))
#endif

/* With LKS_CHECKED: whether the caller holds the lock, and is known by number. */
LKS_INLINE bool lks_mutex_is_mine(const lks_mutex_t *mutex)
{
    return atomic_load_explicit(&mutex->held, memory_order_relaxed) == LKS_MUTEX_MINE;
}

/* With LKS_CHECKED: whether the caller may hold the lock. A library without it
   takes the lock as HELD, when it has to wait. */
LKS_INLINE bool lks_mutex_may_be_mine(const lks_mutex_t *mutex)
{
    return lks_mutex_is_mine(mutex) ||
           atomic_load_explicit(&mutex->held, memory_order_relaxed) == LKS_MUTEX_HELD;
}

/* Takes the lock if it is free. Returns whether it did; never waits. It may fail, too,
   while the lock is being handed to a waiter that has just given up. */
LKS_INLINE_TRY bool lks_mutex_trylock(lks_mutex_t *mutex)
{
    uint32_t found = LKS_MUTEX_FREE;
    /* Acquire: pairs with the release in unlock. A swap instead would wipe out HANDED. */
    return atomic_compare_exchange_strong_explicit(
        &mutex->held, &found, LKS_MUTEX_MINE, memory_order_acquire, memory_order_relaxed);
}

/* Takes the lock, waiting as long as it takes; asleep, if it takes long. */
LKS_INLINE void lks_mutex_lock(lks_mutex_t *mutex)
{
    if (!lks_mutex_trylock(mutex)) {
        lks_check(!lks_mutex_is_mine(mutex), "the caller holds the lock already", mutex);
        (void)lks_mutex_wait(mutex, LKS_NULL);
    }
}

/*
 * Takes the lock, waiting until the instant *deadline of CLOCK_MONOTONIC at most.
 * Returns 0, ETIMEDOUT, or EINVAL if the deadline's nanoseconds are not 0 … 999999999 or
 * its seconds are negative; the last only when it had to wait.
 */
LKS_INLINE_TRY int lks_mutex_timedlock(lks_mutex_t *mutex,
                                       const struct timespec *deadline)
{
    if (lks_mutex_trylock(mutex)) {
        return 0;
    }
    lks_check(!lks_mutex_is_mine(mutex), "the caller holds the lock already", mutex);
    return lks_mutex_wait(mutex, deadline);
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_mutex_is_locked(const lks_mutex_t *mutex)
{
    return atomic_load_explicit(&mutex->held, memory_order_relaxed) != LKS_MUTEX_FREE;
}

/* Tells whether somebody must be woken, by what `waiters` was. The owner of the token
   looks after the others, unless it is hungry, and perhaps asleep. */
LKS_INLINE bool lks_mutex_needs_wake(uint32_t waiters)
{
    return waiters >= LKS_MUTEX_SLEEPER &&
           (waiters & (LKS_MUTEX_TOKEN | LKS_MUTEX_HUNGRY)) != LKS_MUTEX_TOKEN;
}

/* Gives the lock back; the caller holds it. */
LKS_INLINE void lks_mutex_unlock(lks_mutex_t *mutex)
{
    lks_check(lks_mutex_is_locked(mutex), "the lock is not held", mutex);
    lks_check(lks_mutex_may_be_mine(mutex), "another thread holds the lock", mutex);
    atomic_store_explicit(&mutex->held, LKS_MUTEX_FREE, memory_order_release);
    lks_asymmetric_fence_light();
    /* Relaxed: the fence puts it behind the store. */
    uint32_t waiters = atomic_load_explicit(&mutex->waiters, memory_order_relaxed);
    if (lks_mutex_needs_wake(waiters)) {
        lks_mutex_wake(mutex);
    }
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing, and need not be
   called. */
LKS_INLINE void lks_mutex_destroy(lks_mutex_t *mutex)
{
    (void)mutex;
    lks_check(!lks_mutex_is_locked(mutex) &&
                  atomic_load_explicit(&mutex->waiters, memory_order_relaxed) <
                      LKS_MUTEX_SLEEPER,
              "the lock is in use", mutex);
}

#endif

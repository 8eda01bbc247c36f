/* SPDX-License-Identifier: MIT */
/*
 * Mutex: the lock to use when you don't know which.
 *
 * One word says whether the lock is taken, as in a test-and-set lock. A waiter spins for
 * a while; then it stands in line and sleeps. The line is not in the mutex: it is one of
 * a table of the library, found by the mutex's address. The thread that gives the lock
 * back does so with a store, and then looks into another table, of how many stand in
 * line, whether it has missed somebody. From the store on the mutex is not touched any
 * more: the next owner may free it.
 *
 * For that look not to miss a waiter that at the same moment looks whether the lock is
 * free, a fence would have to stand between the store and the look. It is an asymmetric
 * one (see fence.h): its light half, here, costs next to nothing; its heavy half is paid
 * by the thread that comes first, and serves those that come after it.
 *
 *   unlock                              standing in line
 *     a bit, or somebody counted?         count + 1
 *       then as below                     heavy fence, unless the word has a bit
 *     word = free                         word free? then take the lock
 *     light fence                         else set QUEUED, enter the queue, sleep
 *     somebody in the queue?
 *       set QUEUED; if nobody else has
 *       the lock, call the first
 *
 * An owner that finds a bit in the word, or somebody counted, gives the lock back so that
 * no bit is lost: by a read-modify-write; or, if it calls the first in line, by a store
 * while it keeps others from the line. The one that is called competes with threads that
 * just come by. It has the token: until it has the lock or stands in line again, in
 * front, no unlock calls another. If it then has waited for longer than a bound it is
 * hungry, and the unlock that calls it next hands it the lock.
 *
 *     in line --- an unlock: TOKEN ---> competes --- too late ---> in line, in front
 *                                                                  hungry? --- an unlock
 *                                                                      ---> owner
 *
 * The thread that was called may wait for a processor, while another processor is idle.
 * So the token is taken from it if many pass by it quickly, or for longer than the bound:
 * then the next unlock calls another. It competes without the token from then on.
 *
 *   cost       uncontended: one read-modify-write for lock and unlock together; none in
 *              a process that has had one thread so far (lks_only_thread).
 *              Contended: remote references without bound while spinning, then a lock of
 *              the library and a system call, on both sides; a heavy fence, unless others
 *              wait or have just done so.
 *              Space: 4 bytes; for all mutexes of the process together, tables of 8 kB.
 *              Mutexes whose addresses have the same last 12 bits share a place there: a
 *              free one costs a second read-modify-write while threads wait for another.
 *   fairness   none for waits shorter than the bound: threads that come by may overtake.
 *              One that has waited longer than the bound when it is called and comes too
 *              late has the lock next: its owner hands it over, and nobody enters in
 *              between. Turns come in the order in which waiters stood in line.
 *   progress   deadlock-free. Not so among threads of different real-time priorities that
 *              share a processor: waiters spin for the lock of the line, and yield.
 *   lifetime   may be freed, moved or used again when nobody holds it, waits for it or
 *              will: also by the thread that held it last, right after its own unlock,
 *              though an unlock of an earlier owner has not returned yet.
 *
 * The table is the library's: a process that has two copies of it, say one linked
 * statically into a plug-in, is ended as the second is loaded (lib/copies.c).
 *
 * After fork, a mutex that another thread held stays held for ever in the child. One that
 * the forking thread held may be unlocked and used there.
 *
 * U. Drepper: Futexes Are Tricky. Red Hat, 2011, for locks that sleep; the token and the
 * bound as in other adaptive mutexes (Mozilla's nsync, WebKit's WTF::Lock, Go's
 * sync.Mutex); queues beside the locks as in WebKit's ParkingLot.
 */
#ifndef LOCKSTEP_MUTEX_H
#define LOCKSTEP_MUTEX_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/fence.h>
#include <time.h>

typedef struct LKS_CAPABILITY lks_mutex {
    _Atomic(uint32_t) word; /* 0: free, and nobody has waited; else the bits below */
} lks_mutex_t;

/*
 * Bits of the word.
 *
 *             set by                        cleared by
 *   HELD      the owner, as it takes the    the owner, as it gives it back; not if it
 *             lock                          hands it to a hungry waiter
 *   QUEUED    one that stands in line, or   an unlock that finds nobody in the queue; a
 *             lets another one do so that   waiter that leaves it empty, because its time
 *             waited for a condition; an    is up
 *             unlock that overwrote it
 *   TOKEN     an unlock that calls a        that waiter, when it has the lock or stands
 *             waiter                        in line again; an unlock that takes it away
 *   PASSED    an unlock that finds TOKEN:   as TOKEN
 *             one more
 *
 * The store of unlock overwrites QUEUED if that was set after it had looked at the word:
 * then it finds somebody in the queue, and sets QUEUED again. TOKEN it cannot overwrite:
 * an unlock sets it before the next owner has the lock, and a waiter clears it only as it
 * takes the lock or sets QUEUED.
 *
 * With LKS_CHECKED the other bits are the number of the owner's thread.
 */
enum {
    LKS_MUTEX_FREE = 0,
    LKS_MUTEX_HELD = 1,
    LKS_MUTEX_QUEUED = 2, /* somebody may stand in the queue */
    LKS_MUTEX_TOKEN = 4,  /* one that was called competes, or is about to be called */
    LKS_MUTEX_PASSED = 8, /* how many unlocks have found TOKEN, up to 15, times this */
    LKS_MUTEX_OWNER = 256 /* the number of a thread, times this */
};

/* clang-format off */
#define LKS_MUTEX_INIT { 0 }
/* clang-format on */

/* A waiter that has waited for so long is handed the lock, unless told otherwise. Chosen,
   not measured; what another bound does to throughput and to the longest wait:
   build/lockbench -l mutex -t 4,8. */
#define LKS_MUTEX_BOUND_NS 1000000u

#ifdef __cplusplus
extern "C" {
#endif

/* How many threads stand in line for mutexes whose addresses have the same last 12 bits.
   The library alone changes it. */
enum { LKS_MUTEX_PLACES = 1024 };
extern _Atomic(uint32_t) lks_mutex_waiting[LKS_MUTEX_PLACES];

/* What the inline functions call when there is more to do. */
int lks_mutex_wait(lks_mutex_t *mutex, const struct timespec *deadline);
void lks_mutex_give(lks_mutex_t *mutex);
void lks_mutex_wake(lks_mutex_t *mutex);

/* Whether a thread waits for the mutex, which nobody holds, and is not just spinning. */
bool lks_mutex_is_awaited(const lks_mutex_t *mutex);

/*
 * A thread that waits for the mutex, on its stack. In the queue it is guarded by the
 * queue's lock, but for `called`, on which its thread sleeps.
 */
struct lks_mutex_waiter {
    lks_mutex_t *mutex;
    struct lks_mutex_waiter *next;   /* in the queue, which is that of many mutexes; or in
                                        the list of those behind the same one */
    struct lks_mutex_waiter *behind; /* the first of those that it puts in line itself */
    struct lks_mutex_waiter *last_behind;
    const void *reason;       /* why it was away, or NULL */
    uint64_t since;           /* when it stood in line first, in nanoseconds */
    uint32_t how;             /* it has been called, as its thread has seen */
    bool hungry;              /* it is to be handed the lock */
    _Atomic(uint32_t) called; /* 0: not yet */
};

/*
 * For the condition variable: a thread that gives the lock back, waits for something
 * else, the reason, and then takes the lock again. It is counted all that time. If it is
 * let go while somebody holds the lock, it stands in line, asleep as it is, and an unlock
 * calls it: till then it could but wait for the lock.
 *
 * If the last one in line was away for the same reason, it stays behind that one, which
 * puts it in line when it has the lock. For what the two wait for that one may take.
 */
void lks_mutex_leave(struct lks_mutex_waiter *waiter, lks_mutex_t *mutex,
                     const void *reason);
void lks_mutex_let_go(struct lks_mutex_waiter *waiter);
void lks_mutex_return(struct lks_mutex_waiter *waiter);

/* Puts a waiter, and those behind it, behind another one, which is not let go yet. */
void lks_mutex_stay_behind(struct lks_mutex_waiter *first,
                           struct lks_mutex_waiter *waiter);

/* Takes the next from behind a waiter; the others are behind that one then. May be
   none. */
struct lks_mutex_waiter *lks_mutex_next_behind(struct lks_mutex_waiter *waiter);

/* Sets the bound for all mutexes of the process, at once, in nanoseconds. 0: every waiter
   that is called and comes too late is handed the lock next. */
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
    atomic_store_explicit(&mutex->word, LKS_MUTEX_FREE, memory_order_relaxed);
    return 0;
}

/* What a holder writes into the word. */
#ifdef LKS_CHECKED
#define LKS_MUTEX_MINE (LKS_MUTEX_HELD + lks_thread_number() * LKS_MUTEX_OWNER)
#else
#define LKS_MUTEX_MINE (LKS_CAST(uint32_t, LKS_MUTEX_HELD))
#endif

/* With LKS_CHECKED: whether the caller holds the lock, and is known by number. */
LKS_INLINE bool lks_mutex_is_mine(const lks_mutex_t *mutex)
{
    uint32_t word = atomic_load_explicit(&mutex->word, memory_order_relaxed);
    uint32_t mine = LKS_MUTEX_MINE;
    return (word & LKS_MUTEX_HELD) != 0 &&
           word / LKS_MUTEX_OWNER == mine / LKS_MUTEX_OWNER;
}

/* With LKS_CHECKED: whether the caller may hold the lock. A library without it
   takes the lock without a number, when it has to wait. */
LKS_INLINE bool lks_mutex_may_be_mine(const lks_mutex_t *mutex)
{
    uint32_t word = atomic_load_explicit(&mutex->word, memory_order_relaxed);
    return lks_mutex_is_mine(mutex) ||
           ((word & LKS_MUTEX_HELD) != 0 && word < LKS_MUTEX_OWNER);
}

/* Whether a thread that just comes by may take a lock whose word is this. */
LKS_INLINE bool lks_mutex_is_free(uint32_t word)
{
    return (word & LKS_MUTEX_HELD) == 0;
}

/* Where those are counted that stand in line for the mutex. */
LKS_INLINE _Atomic(uint32_t) *lks_mutex_place(const lks_mutex_t *mutex)
{
    return &lks_mutex_waiting[LKS_ADDRESS(mutex) / sizeof *mutex % LKS_MUTEX_PLACES];
}

/* Takes the lock if it is free. Returns whether it did; never waits: it tries again only
   when the word has changed just then. */
LKS_INLINE_TRY bool lks_mutex_trylock(lks_mutex_t *mutex) LKS_ACQUIRES_IF(true, *mutex)
{
    if (lks_only_thread()) {
        uint32_t alone = atomic_load_explicit(&mutex->word, memory_order_relaxed);
        if (lks_mutex_is_free(alone)) {
            atomic_store_explicit(&mutex->word, LKS_MUTEX_MINE, memory_order_relaxed);
            return true;
        }
        return false;
    }
    /* While nobody waits it is cheaper to guess what the word is than to look. */
    uint32_t word = LKS_MUTEX_FREE;
    if (atomic_load_explicit(lks_mutex_place(mutex), memory_order_relaxed) != 0) {
        word = atomic_load_explicit(&mutex->word, memory_order_relaxed);
    }
    while (lks_mutex_is_free(word)) {
        /* Acquire: pairs with the release in unlock. */
        if (atomic_compare_exchange_strong_explicit(
                &mutex->word, &word, word | LKS_MUTEX_MINE, memory_order_acquire,
                memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/* Takes the lock, waiting as long as it takes; asleep, if it takes long. */
LKS_INLINE void lks_mutex_lock(lks_mutex_t *mutex) LKS_ACQUIRES(*mutex)
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
    LKS_ACQUIRES_IF(0, *mutex)
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
    return !lks_mutex_is_free(atomic_load_explicit(&mutex->word, memory_order_relaxed));
}

/* Gives the lock back; the caller holds it. */
LKS_INLINE void lks_mutex_unlock(lks_mutex_t *mutex) LKS_RELEASES(*mutex)
{
    lks_check(lks_mutex_is_locked(mutex), "the lock is not held", mutex);
    lks_check(lks_mutex_may_be_mine(mutex), "another thread holds the lock", mutex);
    if (lks_only_thread()) {
        atomic_store_explicit(&mutex->word, LKS_MUTEX_FREE, memory_order_relaxed);
        return;
    }
    _Atomic(uint32_t) *waiting = lks_mutex_place(mutex);
    /* Relaxed, all three: a waiter that the first two miss is found by the third, which
       the fences put behind the store. */
    if (atomic_load_explicit(waiting, memory_order_relaxed) != 0 ||
        atomic_load_explicit(&mutex->word, memory_order_relaxed) % LKS_MUTEX_OWNER !=
            LKS_MUTEX_HELD) {
        lks_mutex_give(mutex);
        return;
    }
    atomic_store_explicit(&mutex->word, LKS_MUTEX_FREE, memory_order_release);
    /* The mutex may be gone. */
    lks_asymmetric_fence_light();
    if (atomic_load_explicit(waiting, memory_order_relaxed) != 0) {
        lks_mutex_wake(mutex);
    }
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing, and need not be
   called. */
LKS_INLINE void lks_mutex_destroy(lks_mutex_t *mutex)
{
    (void)mutex;
    lks_check(!lks_mutex_is_locked(mutex) && !lks_mutex_is_awaited(mutex),
              "the lock is in use", mutex);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Condition variable: for the mutex, and for any other lock.
 *
 * Threads that wait stand in a queue, each with a record on its own stack and a word
 * there on which it sleeps. A signal takes the first one out of the queue and lets it go:
 * no thread that comes later can take that from it. A broadcast takes out the whole queue
 * and lets the first go; each, when it has the mutex again, lets the next go.
 *
 * A thread that is let go is woken at once if nobody holds the mutex, and otherwise by
 * the unlock: it does not wake only to wait for the mutex (see mutex.h). Each unlock
 * wakes one. So they come back one after the other, and do not all run for a mutex that
 * one of them can have.
 *
 *   queue of the condition            taken out by a broadcast
 *
 *   first -> A -> B -> C <- last      A (woken) -> B (asleep) -> C (asleep)
 *                                     A has the mutex: lets B go; its unlock wakes B
 *
 * A wait whose time is up takes itself out of the queue, if it is still there; else it
 * has been signalled, its wake-up is on its way, and it waits for that.
 *
 * The lock that is held while a queue is changed is one of a table in the library, found
 * by the condition's address. So a wait whose time is up looks at its own record alone,
 * under that lock, and touches the condition only if it still stands in the queue.
 *
 *   cost       signal and broadcast with nobody waiting: a load. Otherwise two locks
 *              held for some instructions (for a broadcast: some for each thread that
 *              waits), and a system call, there or in unlock. A wait: a system call, and
 *              taking the mutex again. While threads wait, the mutex is given back by a
 *              read-modify-write. Space: 16 bytes on a 64-bit machine; for all conditions
 *              of the process together, 128 locks, each on a cache line.
 *   fairness   a signal is for the thread that has waited longest. Threads that a
 *              broadcast lets go have the mutex again in the order in which they came.
 *              Of those that several signals under the mutex let go, each stands in line
 *              when the one before has had it: others that stand there then come first.
 *   progress   no wake-up is lost, stolen or spurious: a wait ends by a signal or
 *              broadcast that came after it began, or because its time is up. It is still
 *              best made in a loop: between the signal and having the mutex again,
 *              somebody else may have changed what was waited for.
 *   lifetime   may be freed, moved or used again when nobody stands in its queue and no
 *              signal or broadcast is under way: so right after a broadcast, though waits
 *              have yet to return.
 *
 * With another lock than the mutex (lks_cond_wait_with) all is the same, but that a
 * thread that is let go is woken at once: that lock's unlock knows of no condition.
 *
 * All threads that wait at one time do it with the same lock; what they wait for changes
 * under it.
 *
 * After fork, a condition for which threads waited is of no
 * use in the child.
 *
 * A. D. Birrell: An Introduction to Programming with Threads. Digital Equipment
 * Corporation, Systems Research Center, Report 35, 1989.
 */
#ifndef LOCKSTEP_COND_H
#define LOCKSTEP_COND_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/mutex.h>
#include <time.h>

/*
 * A wait, on the stack of its thread. In the queue the links and `queued` are guarded by
 * the guard; once taken out, the record is its own thread's, and that of those that call
 * it back to the lock.
 */
struct lks_cond_waiter {
    struct lks_mutex_waiter absence; /* its mutex is NULL for a wait with another lock */
    struct lks_cond_waiter *next, *previous;
    bool queued;
    bool in_parts;         /* a wait in its parts; then there is also: */
    bool signalled;        /* let go by a signal, and in the list of those */
    bool forgotten;        /* the condition is gone; guarded */
    struct lks_cond *cond; /* where it waits, or did */
};

typedef struct lks_cond {
    _Atomic(struct lks_cond_waiter *) first; /* NULL: nobody waits */
    struct lks_cond_waiter *last;            /* means something if somebody waits */
} lks_cond_t;

/* clang-format off */
#define LKS_COND_INIT { LKS_NULL, LKS_NULL }
/* clang-format on */

#ifdef __cplusplus
extern "C" {
#endif

/* What the inline functions call when there is more to do. */
int lks_cond_sleep(lks_cond_t *cond, lks_mutex_t *mutex, const struct timespec *deadline);
void lks_cond_wake_first(lks_cond_t *cond);
void lks_cond_wake_all(lks_cond_t *cond);
int lks_cond_sleep_with(lks_cond_t *cond, void (*give)(void *lock),
                        void (*take)(void *lock), void *lock,
                        const struct timespec *deadline);

/*
 * A wait with another lock in its parts, for a thread that sleeps in a way of its own and
 * may have to go when it has been signalled (one that is cancelled):
 *
 *   lks_cond_enter      the caller holds the lock: puts the record into the queue. It
 *                       gives the lock back, and sleeps until absence.called, on
 *                       which it is woken, is not 0 (acquire)
 *   lks_cond_withdraw   when it will not sleep any longer: takes the record out of the
 *                       queue. False if it is not there any more: it has been let go,
 *                       and has to wait until it may return
 *   lks_cond_pass_on    gives the signal that let it go, if it was one, to the one that
 *                       has waited longest
 *   lks_cond_leave      the caller holds the lock again: lets the next of a broadcast go.
 *                       The record is the caller's alone
 *   lks_cond_forget     ends the life of a condition with such waits: nobody is in its
 *                       queue. Signals are not passed on there any more
 */
void lks_cond_enter(lks_cond_t *cond, struct lks_cond_waiter *waiter);
bool lks_cond_withdraw(lks_cond_t *cond, struct lks_cond_waiter *waiter);
void lks_cond_pass_on(struct lks_cond_waiter *waiter);
void lks_cond_leave(struct lks_cond_waiter *waiter);
void lks_cond_forget(lks_cond_t *cond);

#ifdef __cplusplus
}
#endif

/* Makes *cond a condition for which nobody waits. Returns 0, or EINVAL for a null
   pointer. */
LKS_INLINE int lks_cond_init(lks_cond_t *cond)
{
    if (cond == LKS_NULL) {
        return EINVAL;
    }
    atomic_store_explicit(&cond->first, LKS_NULL, memory_order_relaxed);
    cond->last = LKS_NULL;
    return 0;
}

/*
 * Gives the mutex back, which the caller holds, and waits for the condition: every signal
 * or broadcast that comes after the mutex has been given back finds the caller waiting.
 * Takes the mutex again before it returns.
 */
LKS_INLINE void lks_cond_wait(lks_cond_t *cond, lks_mutex_t *mutex) LKS_REQUIRES(*mutex)
{
    lks_check(lks_mutex_may_be_mine(mutex), "the caller does not hold the mutex", mutex);
    (void)lks_cond_sleep(cond, mutex, LKS_NULL);
}

/*
 * The same, until the instant *deadline of CLOCK_MONOTONIC at most. Returns 0 if there
 * was a signal or broadcast for the caller; ETIMEDOUT if there was none; or at once,
 * still with the mutex, EINVAL if the deadline's nanoseconds are not 0 … 999999999 or its
 * seconds are negative. Taking the mutex again may take longer than till the deadline,
 * and so may the turn of a wait that a broadcast has let go.
 */
LKS_INLINE_TRY int lks_cond_timedwait(lks_cond_t *cond, lks_mutex_t *mutex,
                                      const struct timespec *deadline)
    LKS_REQUIRES(*mutex)
{
    lks_check(lks_mutex_may_be_mine(mutex), "the caller does not hold the mutex", mutex);
    return lks_cond_sleep(cond, mutex, deadline);
}

/*
 * The same two with any lock: give(lock) gives it back, take(lock) takes it. They may
 * need a queue node; then `lock` leads to both.
 */
LKS_INLINE void lks_cond_wait_with(lks_cond_t *cond, void (*give)(void *lock),
                                   void (*take)(void *lock), void *lock)
{
    (void)lks_cond_sleep_with(cond, give, take, lock, LKS_NULL);
}

LKS_INLINE_TRY int lks_cond_timedwait_with(lks_cond_t *cond, void (*give)(void *lock),
                                           void (*take)(void *lock), void *lock,
                                           const struct timespec *deadline)
{
    return lks_cond_sleep_with(cond, give, take, lock, deadline);
}

/* Lets the one go that has waited longest, if anybody waits. The caller may hold the
   mutex, or have given it back after it changed what is waited for. */
LKS_INLINE void lks_cond_signal(lks_cond_t *cond)
{
    /* A thread that began to wait before the caller had the mutex is in its past.
       Acquire: so is all that waits have done which took themselves out. */
    if (atomic_load_explicit(&cond->first, memory_order_acquire) != LKS_NULL) {
        lks_cond_wake_first(cond);
    }
}

/* Lets all go that wait. The caller may hold the mutex or not, as for a signal. */
LKS_INLINE void lks_cond_broadcast(lks_cond_t *cond)
{
    if (atomic_load_explicit(&cond->first, memory_order_acquire) != LKS_NULL) {
        lks_cond_wake_all(cond);
    }
}

/* Ends the condition's life; nobody waits for it. It owns nothing, and this need not be
   called. */
LKS_INLINE void lks_cond_destroy(lks_cond_t *cond)
{
    (void)cond;
    lks_check(atomic_load_explicit(&cond->first, memory_order_relaxed) == LKS_NULL,
              "the condition is in use", cond);
}

#endif

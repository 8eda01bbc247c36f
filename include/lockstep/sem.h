/* SPDX-License-Identifier: MIT */
/*
 * Counting semaphore.
 *
 * `value` is what may still be taken or, below zero, how many wait for it. A post that
 * finds it below zero owes one of them a wake-up: it adds one to `wakeups`, on which they
 * sleep, and each of them takes one from there. So a thread that comes later cannot pass
 * by those that wait without counting as one of them. A wait that gives up counts itself
 * out; if it finds the value no longer below zero, each thread that waits is owed a
 * wake-up, it too: it takes one, or counts itself out for a newcomer that was quicker.
 *
 *   cost       no need to sleep, nobody to wake: one read-modify-write. Otherwise a
 *              second one, and a system call. Space: 8 bytes, and nothing elsewhere.
 *   fairness   threads that sleep are woken in the order in which they went to sleep; one
 *              that has just come may take the wake-up of one that has yet to run.
 *   progress   no wake-up is lost; a post never waits, and may be called by a signal
 *              handler.
 *   lifetime   may be freed, moved or used again when every wait that was begun has
 *              returned: a post does not touch it after the wait that it lets go may have
 *              returned.
 *
 * After fork, a child has the value as it was, and owes to waits that it does
 * not have.
 *
 * E. W. Dijkstra: Cooperating Sequential Processes. Technological University Eindhoven,
 * EWD123, 1965.
 */
#ifndef LOCKSTEP_SEM_H
#define LOCKSTEP_SEM_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <time.h>

typedef struct lks_sem {
    _Atomic(int32_t) value;    /* how many are left, or minus how many wait */
    _Atomic(uint32_t) wakeups; /* made for threads that wait, and not yet taken */
} lks_sem_t;

/* The highest value. */
#define LKS_SEM_MOST INT32_MAX

/* clang-format off */
#define LKS_SEM_INIT(value) { (value), 0 }
/* clang-format on */

#ifdef __cplusplus
extern "C" {
#endif

/* What the inline functions call when there is more to do. */
int lks_sem_sleep(lks_sem_t *sem, const struct timespec *deadline);
void lks_sem_wake(lks_sem_t *sem);

/*
 * A wait in its parts, for a thread that sleeps in a way of its own:
 *
 *   lks_sem_enter      takes one if there is one, and returns true. Otherwise the caller
 *                      is counted as one that waits: it sleeps while `wakeups` is 0
 *   lks_sem_take       takes a wake-up, if there is one, which ends the wait
 *   lks_sem_withdraw   when it will not sleep any longer: counts it out. False if it had
 *                      to take one instead
 */
bool lks_sem_enter(lks_sem_t *sem);
bool lks_sem_take(lks_sem_t *sem);
bool lks_sem_withdraw(lks_sem_t *sem);

#ifdef __cplusplus
}
#endif

/* Makes *sem a semaphore of this value. Returns 0, or EINVAL for a null pointer or a
   value over LKS_SEM_MOST. */
LKS_INLINE int lks_sem_init(lks_sem_t *sem, uint32_t value)
{
    if (sem == LKS_NULL || value > LKS_SEM_MOST) {
        return EINVAL;
    }
    atomic_store_explicit(&sem->value, LKS_CAST(int32_t, value), memory_order_relaxed);
    atomic_store_explicit(&sem->wakeups, 0, memory_order_relaxed);
    return 0;
}

/* Takes one from the value if it is above zero. Returns whether it did; never waits. */
LKS_INLINE_TRY bool lks_sem_trywait(lks_sem_t *sem)
{
    int32_t value = atomic_load_explicit(&sem->value, memory_order_relaxed);
    while (value > 0) {
        /* Acquire: pairs with the release in post. */
        if (atomic_compare_exchange_strong_explicit(&sem->value, &value, value - 1,
                                                    memory_order_acquire,
                                                    memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/* Takes one from the value, waiting, asleep, for a post if there is none. */
LKS_INLINE void lks_sem_wait(lks_sem_t *sem)
{
    if (!lks_sem_trywait(sem)) {
        (void)lks_sem_sleep(sem, LKS_NULL);
    }
}

/*
 * The same, waiting until the instant *deadline of CLOCK_MONOTONIC at most. Returns 0,
 * ETIMEDOUT, or EINVAL if the deadline's nanoseconds are not 0 … 999999999 or its seconds
 * are negative; the last only when it had to wait. When the instant has come and a post
 * is halfway through, it waits, without sleeping, for the other half.
 */
LKS_INLINE_TRY int lks_sem_timedwait(lks_sem_t *sem, const struct timespec *deadline)
{
    return lks_sem_trywait(sem) ? 0 : lks_sem_sleep(sem, deadline);
}

/* Adds one to the value, or lets one go that waits. Returns 0, or EOVERFLOW if the value
   is LKS_SEM_MOST already. */
LKS_INLINE int lks_sem_post(lks_sem_t *sem)
{
    int32_t value = atomic_load_explicit(&sem->value, memory_order_relaxed);
    do {
        if (value == LKS_SEM_MOST) {
            return EOVERFLOW;
        }
        /* Release: pairs with the acquire of the thread that takes it. */
    } while (!atomic_compare_exchange_strong_explicit(
        &sem->value, &value, value + 1, memory_order_release, memory_order_relaxed));
    if (value < 0) {
        lks_sem_wake(sem);
    }
    return 0;
}

/* Returns what could be taken a moment ago: a hint, it orders nothing. */
LKS_INLINE uint32_t lks_sem_value(const lks_sem_t *sem)
{
    int32_t value = atomic_load_explicit(&sem->value, memory_order_relaxed);
    return value > 0 ? LKS_CAST(uint32_t, value) : 0;
}

/* Ends the semaphore's life; nobody waits for it. It owns nothing, and this need not be
   called. */
LKS_INLINE void lks_sem_destroy(lks_sem_t *sem)
{
    (void)sem;
    lks_check(atomic_load_explicit(&sem->value, memory_order_relaxed) >= 0,
              "the semaphore is in use", sem);
}

#endif

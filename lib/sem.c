/* SPDX-License-Identifier: MIT */
/* The semaphore: sleeping and waking. See lockstep/sem.h. */
#include <lockstep/futex.h>
#include <lockstep/wait.h>

#undef LKS_INLINE
#define LKS_INLINE
#include <lockstep/sem.h>

#include "tsan.h"

bool lks_sem_take(lks_sem_t *sem)
{
    uint32_t wakeups = atomic_load_explicit(&sem->wakeups, memory_order_relaxed);
    while (wakeups > 0) {
        /* Acquire: pairs with the release in lks_sem_wake. */
        if (atomic_compare_exchange_strong_explicit(&sem->wakeups, &wakeups, wakeups - 1,
                                                    memory_order_acquire,
                                                    memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/* Counts the caller out of the threads that wait. Returns false if nobody is counted any
   more: then a wake-up is there for the caller, or on its way. */
static bool withdraw(lks_sem_t *sem)
{
    int32_t value = atomic_load_explicit(&sem->value, memory_order_relaxed);
    while (value < 0) {
        if (atomic_compare_exchange_strong_explicit(&sem->value, &value, value + 1,
                                                    memory_order_relaxed,
                                                    memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/* The deadline has passed. A wake-up that is on its way may yet be taken by a thread that
   has just come; but that one is then counted, and the caller can count itself out for
   it. So it does not sleep again. */
bool lks_sem_withdraw(lks_sem_t *sem)
{
    bool withdrawn = false;
    lks_await(lks_sem_take(sem) || (withdrawn = withdraw(sem)));
    return withdrawn;
}

bool lks_sem_enter(lks_sem_t *sem)
{
    /* Acquire: as in trywait, if there is something to take now. */
    return atomic_fetch_sub_explicit(&sem->value, 1, memory_order_acquire) > 0;
}

int lks_sem_sleep(lks_sem_t *sem, const struct timespec *deadline)
{
    if (deadline != NULL && !lks_is_instant(deadline)) {
        return EINVAL;
    }
    int error = 0;
    if (!lks_sem_enter(sem)) {
        while (!lks_sem_take(sem)) {
            if (lks_futex_wait(&sem->wakeups, 0, deadline) == ETIMEDOUT) {
                error = lks_sem_withdraw(sem) ? ETIMEDOUT : 0;
                break;
            }
        }
    }
    if (error == 0) {
        tell_acquired(&sem->value);
    }
    return error;
}

void lks_sem_wake(lks_sem_t *sem)
{
    /* Release: pairs with the acquire of the thread that takes it. After that the
       semaphore may be gone. */
    _Atomic(uint32_t) *wakeups = &sem->wakeups;
    (void)atomic_fetch_add_explicit(wakeups, 1, memory_order_release);
    lks_futex_wake(wakeups, 1);
}

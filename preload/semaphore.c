/* SPDX-License-Identifier: MIT */
/*
 * sem_*: see preload.h.
 *
 * With our locks, the library's semaphore; here is what POSIX adds: clocks, cancellation,
 * signals that end a wait. Semaphores with a name, or shared between processes, are the
 * system's.
 */
#include "preload/preload.h"

#include <lockstep/sem.h>
#include <string.h>

/* A sem_t, as we see it. */
struct semaphore {
    lks_sem_t sem;
    uint32_t shared; /* where the system says so */
    _Atomic(uint32_t) process;
};

/* The system's layout is not in its headers. */
void semaphore_begin(void)
{
    sem_t shared;
    memset(&shared, 0, sizeof shared);
    (void)real.sem_init(&shared, 1, 0);
    if (((const struct semaphore *)&shared)->shared == 0) {
        give_up("semaphores", "of this C library are not as expected");
    }
}

/* In a child that was forked nobody waits; posts that nobody has taken are there. */
static void renew(void *object)
{
    struct semaphore *semaphore = object;
    lks_sem_t *sem = &semaphore->sem;
    uint32_t left =
        lks_sem_value(sem) + atomic_load_explicit(&sem->wakeups, memory_order_relaxed);
    (void)lks_sem_init(sem, left);
}

/* Returns what the object is to us, or NULL if it is the system's. */
static struct semaphore *ours(sem_t *object)
{
    begin();
    struct semaphore *semaphore = (struct semaphore *)object;
    if (settings.lock == NULL || semaphore->shared != 0) {
        return NULL;
    }
    renew_after_fork(&semaphore->process, renew, semaphore);
    return semaphore;
}

/* What a function returns that has an error number or 0. */
static int result_of(int error)
{
    if (error == 0) {
        return 0;
    }
    errno = error;
    return -1;
}

/* --- waiting ------------------------------------------------------------------------ */

/* The thread is cancelled while it sleeps: a post that it was given is for another. */
static void cancelled(void *argument)
{
    lks_sem_t *sem = argument;
    if (!lks_sem_withdraw(sem)) {
        (void)lks_sem_post(sem);
    }
}

/* Sleeps until there is a wake-up, which it takes; or until *deadline, or a signal. */
static int sleep_until_woken(lks_sem_t *sem, clockid_t clock,
                             const struct timespec *deadline)
{
    int error = 0;
    bool woken;
    pthread_cleanup_push(cancelled, sem);
    while (!(woken = lks_sem_take(sem)) && error != ETIMEDOUT && error != EINTR) {
        error = sleep_as_posix(&sem->wakeups, 0, clock, deadline);
    }
    pthread_cleanup_pop(0);
    return !woken && lks_sem_withdraw(sem) ? error : 0;
}

static int wait_in(lks_sem_t *sem, clockid_t clock, const struct timespec *deadline)
{
    pthread_testcancel();
    if (lks_sem_trywait(sem)) {
        return 0;
    }
    if (deadline != NULL && check_deadline(clock, deadline) != 0) {
        return result_of(EINVAL);
    }
    return result_of(lks_sem_enter(sem) ? 0 : sleep_until_woken(sem, clock, deadline));
}

EXPORTED int sem_wait(sem_t *object)
{
    struct semaphore *semaphore = ours(object);
    return semaphore != NULL ? wait_in(&semaphore->sem, CLOCK_MONOTONIC, NULL)
                             : real.sem_wait(object);
}

EXPORTED int sem_timedwait(sem_t *object, const struct timespec *deadline)
{
    struct semaphore *semaphore = ours(object);
    return semaphore != NULL ? wait_in(&semaphore->sem, CLOCK_REALTIME, deadline)
                             : real.sem_timedwait(object, deadline);
}

EXPORTED int sem_clockwait(sem_t *object, clockid_t clock,
                           const struct timespec *deadline)
{
    struct semaphore *semaphore = ours(object);
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        return result_of(EINVAL); /* also of one that need not wait, as the system says */
    }
    return semaphore != NULL ? wait_in(&semaphore->sem, clock, deadline)
                             : real.sem_clockwait(object, clock, deadline);
}

EXPORTED int sem_trywait(sem_t *object)
{
    struct semaphore *semaphore = ours(object);
    return semaphore != NULL ? result_of(lks_sem_trywait(&semaphore->sem) ? 0 : EAGAIN)
                             : real.sem_trywait(object);
}

/* --- the rest ----------------------------------------------------------------------- */

EXPORTED int sem_init(sem_t *object, int shared, unsigned value)
{
    begin();
    if (settings.lock == NULL || shared != 0) {
        return real.sem_init(object, shared, value);
    }
    struct semaphore *semaphore = (struct semaphore *)object;
    semaphore->shared = 0;
    atomic_store_explicit(&semaphore->process, forks, memory_order_relaxed);
    return result_of(lks_sem_init(&semaphore->sem, value));
}

EXPORTED int sem_destroy(sem_t *object)
{
    return ours(object) != NULL ? 0 : real.sem_destroy(object);
}

EXPORTED int sem_post(sem_t *object)
{
    struct semaphore *semaphore = ours(object);
    return semaphore != NULL ? result_of(lks_sem_post(&semaphore->sem))
                             : real.sem_post(object);
}

EXPORTED int sem_getvalue(sem_t *object, int *value)
{
    struct semaphore *semaphore = ours(object);
    if (semaphore == NULL) {
        return real.sem_getvalue(object, value);
    }
    *value = (int)lks_sem_value(&semaphore->sem);
    return 0;
}

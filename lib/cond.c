/* SPDX-License-Identifier: MIT */
/* The condition variable: its queue, and how threads that wait in it sleep. */
#include <lockstep/futex.h>
#include <lockstep/mutex.h>
#include <pthread.h>

#undef LKS_INLINE /* the functions of the mutex stay inline here */
#define LKS_INLINE
#include <lockstep/cond.h>

#include "tsan.h"

/*
 * Queues are changed under these locks, each that of many conditions. The address of a
 * condition that may be gone still leads to its lock.
 */
enum { GUARDS = 64 };

static struct guard {
    _Alignas(LKS_CACHE_LINE) lks_mutex_t mutex;
    struct lks_cond_waiter *signalled; /* waits in parts that have yet to leave */
} guards[GUARDS];

static struct guard *place_of(const lks_cond_t *cond)
{
    return &guards[(uintptr_t)cond / sizeof *cond % GUARDS];
}

static lks_mutex_t *guard_of(const lks_cond_t *cond)
{
    return &place_of(cond)->mutex;
}

/* In a child that was forked nobody changes a queue: other threads are not there. */
static void free_guards(void)
{
    for (unsigned i = 0; i < GUARDS; i++) {
        (void)lks_mutex_init(&guards[i].mutex);
        guards[i].signalled = NULL;
    }
}

__attribute__((constructor)) static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, free_guards);
}

/* --- the queue; the caller holds the guard ------------------------------------------ */

/* Relaxed: the guard keeps others away, but for a glance whether anybody waits. */
static struct lks_cond_waiter *first_of(const lks_cond_t *cond)
{
    return atomic_load_explicit(&cond->first, memory_order_relaxed);
}

/* Release: pairs with the acquire of a signal or broadcast that finds nobody, after which
   the condition may be gone. */
static void set_first(lks_cond_t *cond, struct lks_cond_waiter *first)
{
    atomic_store_explicit(&cond->first, first, memory_order_release);
}

static void append(lks_cond_t *cond, struct lks_cond_waiter *waiter)
{
    waiter->next = NULL;
    waiter->previous = first_of(cond) != NULL ? cond->last : NULL;
    waiter->queued = true;
    if (waiter->previous != NULL) {
        waiter->previous->next = waiter;
    } else {
        set_first(cond, waiter);
    }
    cond->last = waiter;
}

static void take_out(lks_cond_t *cond, struct lks_cond_waiter *waiter)
{
    if (waiter->next != NULL) {
        waiter->next->previous = waiter->previous;
    } else {
        cond->last = waiter->previous;
    }
    if (waiter->previous != NULL) {
        waiter->previous->next = waiter->next;
    } else {
        set_first(cond, waiter->next);
    }
    waiter->queued = false;
}

/* --- sleeping and waking ------------------------------------------------------------ */

/* Sleeps until let go and called. Returns false if the deadline passed first. */
static bool sleep_until_called(struct lks_cond_waiter *waiter,
                               const struct timespec *deadline)
{
    _Atomic(uint32_t) *word = &waiter->absence.called;
    /* Acquire: pairs with the release in call, which hands the record over. */
    while (atomic_load_explicit(word, memory_order_acquire) == 0) {
        if (lks_futex_wait(word, 0, deadline) == ETIMEDOUT) {
            return false;
        }
    }
    return true;
}

/* The deadline has passed. Returns whether the wait is over without a wake-up: if so, the
   condition is still there, with the wait in its queue. */
bool lks_cond_withdraw(lks_cond_t *cond, struct lks_cond_waiter *waiter)
{
    lks_mutex_lock(guard_of(cond));
    bool queued = waiter->queued;
    if (queued) {
        take_out(cond, waiter);
    }
    lks_mutex_unlock(guard_of(cond));
    return queued;
}

/* Sleeps until let go and called, or until the deadline has passed with neither. Returns
   0 or ETIMEDOUT. */
static int sleep_in_queue(lks_cond_t *cond, struct lks_cond_waiter *waiter,
                          const struct timespec *deadline)
{
    if (!sleep_until_called(waiter, deadline)) {
        if (lks_cond_withdraw(cond, waiter)) {
            return ETIMEDOUT;
        }
        (void)sleep_until_called(waiter, NULL); /* it has been signalled */
    }
    return 0;
}

static void let_go(struct lks_mutex_waiter *absence)
{
    if (absence->mutex != NULL) {
        lks_mutex_let_go(absence);
    } else {
        /* Release: pairs with the acquire in sleep_until_called. The record may be gone
           then. */
        _Atomic(uint32_t) *word = &absence->called;
        atomic_store_explicit(word, 1, memory_order_release);
        lks_futex_wake(word, 1);
    }
}

static void enter(lks_cond_t *cond, struct lks_cond_waiter *waiter, bool in_parts)
{
    waiter->in_parts = in_parts;
    lks_mutex_lock(guard_of(cond));
    append(cond, waiter);
    lks_mutex_unlock(guard_of(cond));
}

static void enter_with_other(lks_cond_t *cond, struct lks_cond_waiter *waiter,
                             bool in_parts)
{
    waiter->absence.mutex = NULL;
    waiter->absence.behind = NULL;
    atomic_store_explicit(&waiter->absence.called, 0, memory_order_relaxed);
    enter(cond, waiter, in_parts);
}

/* After a wait with another lock; the mutex does it itself. */
static void let_next_go(struct lks_cond_waiter *waiter)
{
    struct lks_mutex_waiter *next = lks_mutex_next_behind(&waiter->absence);
    if (next != NULL) {
        let_go(next);
    }
}

int lks_cond_sleep(lks_cond_t *cond, lks_mutex_t *mutex, const struct timespec *deadline)
{
    if (deadline != NULL && !lks_is_instant(deadline)) {
        return EINVAL;
    }
    struct lks_cond_waiter waiter;
    lks_mutex_leave(&waiter.absence, mutex, cond);
    enter(cond, &waiter, false);
    tell_releases(&mutex->word);
    lks_mutex_unlock(mutex);
    int result = sleep_in_queue(cond, &waiter, deadline);
    lks_mutex_return(&waiter.absence);
    return result;
}

int lks_cond_sleep_with(lks_cond_t *cond, void (*give)(void *lock),
                        void (*take)(void *lock), void *lock,
                        const struct timespec *deadline)
{
    if (deadline != NULL && !lks_is_instant(deadline)) {
        return EINVAL;
    }
    struct lks_cond_waiter waiter;
    enter_with_other(cond, &waiter, false);
    give(lock);
    int result = sleep_in_queue(cond, &waiter, deadline);
    take(lock);
    let_next_go(&waiter);
    return result;
}

/* The caller holds the guard. Takes the first one out, and remembers that it had a
   signal. Returns it, or NULL. */
static struct lks_cond_waiter *take_first(lks_cond_t *cond)
{
    struct lks_cond_waiter *first = first_of(cond);
    if (first != NULL) {
        take_out(cond, first);
        if (first->in_parts) {
            first->signalled = true;
            first->previous = place_of(cond)->signalled;
            place_of(cond)->signalled = first;
        }
    }
    return first;
}

void lks_cond_wake_first(lks_cond_t *cond)
{
    lks_mutex_lock(guard_of(cond));
    struct lks_cond_waiter *first = take_first(cond);
    lks_mutex_unlock(guard_of(cond));
    if (first != NULL) {
        let_go(&first->absence);
    }
}

void lks_cond_wake_all(lks_cond_t *cond)
{
    lks_mutex_lock(guard_of(cond));
    struct lks_cond_waiter *first = first_of(cond);
    for (struct lks_cond_waiter *each = first; each != NULL; each = each->next) {
        each->queued = false;
        if (each != first) {
            lks_mutex_stay_behind(&first->absence, &each->absence);
        }
    }
    set_first(cond, NULL);
    lks_mutex_unlock(guard_of(cond));
    if (first != NULL) {
        let_go(&first->absence);
    }
}

/* --- a wait in its parts ------------------------------------------------------------ */

void lks_cond_enter(lks_cond_t *cond, struct lks_cond_waiter *waiter)
{
    waiter->signalled = false;
    waiter->forgotten = false;
    waiter->cond = cond;
    enter_with_other(cond, waiter, true);
}

/* Takes it from the list of those that were signalled. The caller holds the guard. */
static void take_from_signalled(struct lks_cond_waiter *waiter)
{
    struct lks_cond_waiter **link = &place_of(waiter->cond)->signalled;
    while (*link != waiter) {
        link = &(*link)->previous;
    }
    *link = waiter->previous;
    waiter->signalled = false;
}

void lks_cond_pass_on(struct lks_cond_waiter *waiter)
{
    struct lks_cond_waiter *heir = NULL;
    if (waiter->signalled) {
        lks_mutex_lock(guard_of(waiter->cond));
        take_from_signalled(waiter);
        heir = waiter->forgotten ? NULL : take_first(waiter->cond);
        lks_mutex_unlock(guard_of(waiter->cond));
    }
    if (heir != NULL) {
        let_go(&heir->absence);
    }
}

void lks_cond_leave(struct lks_cond_waiter *waiter)
{
    if (waiter->signalled) {
        lks_mutex_lock(guard_of(waiter->cond));
        take_from_signalled(waiter);
        lks_mutex_unlock(guard_of(waiter->cond));
    }
    let_next_go(waiter);
}

void lks_cond_forget(lks_cond_t *cond)
{
    lks_mutex_lock(guard_of(cond));
    for (struct lks_cond_waiter *each = place_of(cond)->signalled; each != NULL;
         each = each->previous) {
        each->forgotten = each->forgotten || each->cond == cond;
    }
    lks_mutex_unlock(guard_of(cond));
}

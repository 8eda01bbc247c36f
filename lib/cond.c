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
} guards[GUARDS];

static lks_mutex_t *guard_of(const lks_cond_t *cond)
{
    return &guards[(uintptr_t)cond / sizeof *cond % GUARDS].mutex;
}

/* In a child that was forked nobody changes a queue: other threads are not there. */
static void free_guards(void)
{
    for (unsigned i = 0; i < GUARDS; i++) {
        (void)lks_mutex_init(&guards[i].mutex);
    }
}

__attribute__((constructor)) static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, free_guards);
}

/*
 * A wait, on the stack of its thread. In the queue the links and `queued` are guarded by
 * the guard; once taken out, the record is its own thread's, and that of those that call
 * it back to the mutex; `next` is the one that it has to let go itself.
 */
struct lks_cond_waiter {
    struct lks_mutex_absence absence;
    struct lks_cond_waiter *next, *previous;
    bool queued;
};

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
    waiter->next = NULL;
    waiter->queued = false;
}

/* --- sleeping and waking ------------------------------------------------------------ */

/* Sleeps until let go and called. Returns false if the deadline passed first. */
static bool sleep_until_called(struct lks_cond_waiter *waiter,
                               const struct timespec *deadline)
{
    _Atomic(uint32_t) *word = &waiter->absence.may_return;
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
static bool withdraw(lks_cond_t *cond, struct lks_cond_waiter *waiter)
{
    lks_mutex_lock(guard_of(cond));
    bool queued = waiter->queued;
    if (queued) {
        take_out(cond, waiter);
    }
    lks_mutex_unlock(guard_of(cond));
    return queued;
}

int lks_cond_sleep(lks_cond_t *cond, lks_mutex_t *mutex, const struct timespec *deadline)
{
    if (deadline != NULL && !lks_is_instant(deadline)) {
        return EINVAL;
    }
    struct lks_cond_waiter waiter;
    lks_mutex_leave(&waiter.absence, mutex);
    lks_mutex_lock(guard_of(cond));
    append(cond, &waiter);
    lks_mutex_unlock(guard_of(cond));
    tell_releases(&mutex->word);
    lks_mutex_unlock(mutex);

    int result = 0;
    if (!sleep_until_called(&waiter, deadline)) {
        if (withdraw(cond, &waiter)) {
            result = ETIMEDOUT;
        } else {
            (void)sleep_until_called(&waiter, NULL); /* it has been signalled */
        }
    }
    lks_mutex_return(&waiter.absence);
    if (waiter.next != NULL) {
        lks_mutex_let_go(&waiter.next->absence);
    }
    return result;
}

void lks_cond_wake_first(lks_cond_t *cond)
{
    lks_mutex_lock(guard_of(cond));
    struct lks_cond_waiter *first = first_of(cond);
    if (first != NULL) {
        take_out(cond, first);
    }
    lks_mutex_unlock(guard_of(cond));
    if (first != NULL) {
        lks_mutex_let_go(&first->absence);
    }
}

void lks_cond_wake_all(lks_cond_t *cond)
{
    lks_mutex_lock(guard_of(cond));
    struct lks_cond_waiter *first = first_of(cond);
    for (struct lks_cond_waiter *each = first; each != NULL; each = each->next) {
        each->queued = false;
    }
    set_first(cond, NULL);
    lks_mutex_unlock(guard_of(cond));
    if (first != NULL) {
        lks_mutex_let_go(&first->absence);
    }
}

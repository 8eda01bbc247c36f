/* SPDX-License-Identifier: MIT */
/*
 * Condition variables: the first 64 bits are a waiting set. libc's layout, for its static
 * initialiser (zeros); __wrefs says that the variable has been destroyed, __g1_orig_size
 * by which clock its limits are.
 */
#include "virtual/threads/cancellation.h"
#include "virtual/threads/clock.h"
#include "virtual/threads/threads.h"
#include "virtual/threads/waiting_sets.h"

#include <errno.h>
#include <string.h>

#define DESTROYED UINT32_MAX

/* Each use reads __wrefs, and its end writes it: one is ordered before the other. (Those
   who have been woken need not have returned.) In time that costs nothing. */
static void announce_use(unsigned *destroyed, bool write, struct vm_call call)
{
    if (!vm_in_time()) {
        vm_plain(destroyed, sizeof *destroyed, write, call.site);
    }
}

static uint64_t *set_of(pthread_cond_t *condition, struct vm_call call)
{
    unsigned *destroyed = &condition->__data.__wrefs;
    announce_use(destroyed, false, call);
    if (*destroyed != 0) {
        instrument_wrong(
            VM_MISUSE, call.site, "%s of a condition variable that has %s", call.name,
            *destroyed == DESTROYED ? "been destroyed" : "not been initialized");
    }
    return (uint64_t *)(void *)condition;
}

_Static_assert(CLOCK_REALTIME == 0, "the static initialiser's clock");

void vm_condition_init(pthread_cond_t *condition, clockid_t clock, struct vm_call call)
{
    vm_plain(condition, sizeof(uint64_t), true, call.site);
    announce_use(&condition->__data.__wrefs, true, call);
    memset(condition, 0, sizeof *condition);
    condition->__data.__g1_orig_size = (unsigned)clock;
}

void vm_condition_destroy(pthread_cond_t *condition, struct vm_call call)
{
    uint64_t *set = set_of(condition, call);
    struct vm_waiters waiters =
        vm_waiters_of(set, vm_read(set, sizeof *set, VM_RELAXED, call));
    if (vm_waiters_count(&waiters) > 0) {
        instrument_wrong(VM_MISUSE, call.site,
                         "%s of a condition variable on which threads wait", call.name);
    }
    announce_use(&condition->__data.__wrefs, true, call);
    condition->__data.__wrefs = DESTROYED;
}

/* A wait that returns for no reason might as well not have joined the waiting set: no
   signal has chosen it. */
static bool returns_early(pthread_mutex_t *mutex, struct vm_call call)
{
    if (mutex->__data.__owner != (int)vm_thread_mark()) {
        instrument_wrong(VM_MISUSE, call.site,
                         "%s with a mutex that this thread has not locked", call.name);
    }
    return instrument_returns_early(VM_SPURIOUS, call.name, call.site);
}

static int only_unlock_and_lock(pthread_mutex_t *mutex, struct vm_call call)
{
    int error = vm_mutex_unlock(mutex, call);
    return error != 0 ? error : vm_mutex_lock(mutex, call);
}

/* Joins the waiting set before the mutex is free, so that no signal that follows is lost.
   */
static int enter(uint64_t *set, uint64_t own, pthread_mutex_t *mutex, struct vm_call call)
{
    vm_thread()->waits_for = set;
    vm_thread()->waits_with = mutex;
    uint64_t others =
        vm_atomic(VM_OR, set, sizeof *set, own, VM_RELAXED, call.name, call.site);
    struct vm_waiters waiters = vm_waiters_of(set, others);
    for (unsigned i = 0; others != 0 && i < VM_PROCESSORS; i++) {
        if ((waiters.bits[i / 64] >> i % 64 & 1) != 0 && vm_threads[i].waits_for == set &&
            vm_threads[i].waits_with != mutex) {
            instrument_wrong(VM_MISUSE, call.site,
                             "%s with another mutex than that with which thread %u waits",
                             call.name, i);
        }
    }
    return vm_mutex_unlock(mutex, call);
}

static void begin_call(pthread_cond_t *condition, pthread_mutex_t *mutex,
                       struct vm_call call)
{
    instrument_call_begins(
        &(struct vm_whole_call){.name = call.name, .object = condition, .mutex = mutex});
}

/* What a wait returns that has the mutex again, or could not have it. */
static int end_call(int error, const char *result)
{
    instrument_call_returns(error == 0 ? result : "fails", NULL);
    return error;
}

int vm_condition_wait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                      struct vm_call call)
{
    uint64_t *set = set_of(condition, call);
    vm_cancellation_point(call);
    begin_call(condition, mutex, call);
    if (returns_early(mutex, call)) {
        return end_call(only_unlock_and_lock(mutex, call), "returns for no reason");
    }
    int error = enter(set, vm_begin_wait(set, call), mutex, call);
    if (error != 0) {
        return end_call(error, NULL);
    }
    bool woken = vm_await_wake_or_cancel(call);
    if (!woken && !vm_take_waiter(set, vm_thread_number(), VM_ACQUIRE, call)) {
        woken = true; /* no signal may be lost */
        vm_await_wake(call);
    }
    error = end_call(vm_mutex_lock(mutex, call), woken ? "woken" : "cancelled");
    if (!woken) {
        vm_end_cancelled();
    }
    return error;
}

int vm_condition_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                           clockid_t clock, const struct timespec *limit,
                           struct vm_call call)
{
    uint64_t *set = set_of(condition, call);
    uint64_t until;
    if (vm_deadline(clock, limit, &until, call) != 0) {
        return EINVAL;
    }
    vm_cancellation_point(call);
    begin_call(condition, mutex, call);
    if (returns_early(mutex, call)) {
        return end_call(only_unlock_and_lock(mutex, call), "returns for no reason");
    }
    int error = enter(set, vm_begin_wait(set, call), mutex, call);
    if (error != 0) {
        return end_call(error, NULL);
    }
    bool in_time = vm_await_wake_until(until, call);
    if (!in_time && !vm_take_waiter(set, vm_thread_number(), VM_ACQUIRE, call)) {
        in_time = true;
        vm_await_wake(call); /* it is on its way */
    }
    bool cancelled = !in_time && vm_is_cancelled(call);
    error = end_call(vm_mutex_lock(mutex, call), in_time     ? "woken"
                                                 : cancelled ? "cancelled"
                                                             : "ETIMEDOUT");
    if (cancelled) {
        vm_end_cancelled();
    }
    return error != 0 || in_time ? error : vm_time_out(until);
}

void vm_condition_signal(pthread_cond_t *condition, struct vm_call call)
{
    uint64_t *set = set_of(condition, call);
    struct vm_waiters woken = {{0}};
    begin_call(condition, NULL, call);
    for (;;) {
        struct vm_waiters waiters =
            vm_waiters_of(set, vm_read(set, sizeof *set, VM_RELAXED, call));
        if (vm_waiters_count(&waiters) == 0) {
            break;
        }
        unsigned one = vm_choose_waiter(&waiters, call);
        if (vm_take_waiter(set, one, VM_RELEASE, call)) {
            vm_wake(one, call);
            woken.bits[one / 64] = UINT64_C(1) << one % 64;
            break;
        } /* else another has woken it already */
    }
    instrument_call_returns(NULL, woken.bits);
}

void vm_condition_broadcast(pthread_cond_t *condition, struct vm_call call)
{
    uint64_t *set = set_of(condition, call);
    struct vm_waiters waiters = {{0}};
    begin_call(condition, NULL, call);
    if (vm_read(set, sizeof *set, VM_RELAXED, call) != 0) {
        uint64_t before =
            vm_atomic(VM_EXCHANGE, set, sizeof *set, 0, VM_RELEASE, call.name, call.site);
        waiters = vm_waiters_of(set, before);
        (void)vm_take_crowd(set, &waiters);
        vm_wake_all(&waiters, call);
    }
    instrument_call_returns(NULL, waiters.bits);
}

/* --- pthreads ----------------------------------------------------------------------- */

int __wrap_pthread_cond_init(pthread_cond_t *condition,
                             const pthread_condattr_t *attributes)
{
    struct vm_call call = VM_CALL("pthread_cond_init");
    clockid_t clock = CLOCK_REALTIME;
    if (attributes != NULL) {
        vm_plain(attributes, sizeof *attributes, false, call.site);
        (void)pthread_condattr_getclock(attributes, &clock);
    }
    vm_condition_init(condition, clock, call);
    return 0;
}

int __wrap_pthread_cond_destroy(pthread_cond_t *condition)
{
    vm_condition_destroy(condition, VM_CALL("pthread_cond_destroy"));
    return 0;
}

int __wrap_pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    return vm_condition_wait(condition, mutex, VM_CALL("pthread_cond_wait"));
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *limit)
{
    return vm_condition_timedwait(condition, mutex,
                                  (clockid_t)condition->__data.__g1_orig_size, limit,
                                  VM_CALL("pthread_cond_timedwait"));
}

int __wrap_pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  clockid_t clock, const struct timespec *limit)
{
    return vm_condition_timedwait(condition, mutex, clock, limit,
                                  VM_CALL("pthread_cond_clockwait"));
}

int __wrap_pthread_cond_signal(pthread_cond_t *condition)
{
    vm_condition_signal(condition, VM_CALL("pthread_cond_signal"));
    return 0;
}

int __wrap_pthread_cond_broadcast(pthread_cond_t *condition)
{
    vm_condition_broadcast(condition, VM_CALL("pthread_cond_broadcast"));
    return 0;
}

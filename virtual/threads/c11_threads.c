/* SPDX-License-Identifier: MIT */
/* <threads.h>: the same as pthreads, by other names. libc gives its objects one layout.
   */
#include "virtual/threads/cancellation.h"
#include "virtual/threads/clock.h"
#include "virtual/threads/threads.h"

#include <errno.h>
#include <threads.h>

_Static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t), "one layout");
_Static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t), "one layout");
_Static_assert(sizeof(thrd_t) == sizeof(pthread_t), "one layout");
_Static_assert(sizeof(tss_t) == sizeof(pthread_key_t), "one layout");

static pthread_mutex_t *mutex_of(mtx_t *mutex)
{
    return (pthread_mutex_t *)(void *)mutex;
}

static pthread_cond_t *condition_of(cnd_t *condition)
{
    return (pthread_cond_t *)(void *)condition;
}

static int status_of(int error)
{
    switch (error) {
    case 0:
        return thrd_success;
    case EBUSY:
        return thrd_busy;
    case ETIMEDOUT:
        return thrd_timedout;
    case ENOMEM:
        return thrd_nomem;
    default:
        return thrd_error;
    }
}

/* --- threads ------------------------------------------------------------------------ */

int __wrap_thrd_create(thrd_t *thread, int (*routine)(void *), void *argument)
{
    struct vm_call call = VM_CALL("thrd_create");
    /* Before the new thread begins, unlike with pthread_create (C11, 7.26.5.1). */
    vm_plain(thread, sizeof *thread, true, call.site);
    *thread = vm_thread_create(
        &(struct vm_start){.c11_routine = routine, .argument = argument}, call);
    return thrd_success;
}

int __wrap_thrd_join(thrd_t thread, int *result)
{
    struct vm_call call = VM_CALL("thrd_join");
    void *got = NULL;
    int error = vm_thread_join(thread, result == NULL ? NULL : &got, call);
    if (error == 0 && result != NULL) {
        vm_plain(result, sizeof *result, true, call.site);
        *result = (int)(intptr_t)got;
    }
    return status_of(error);
}

int __wrap_thrd_detach(thrd_t thread)
{
    return status_of(vm_thread_detach(thread, VM_CALL("thrd_detach")));
}

_Noreturn void __wrap_thrd_exit(int result)
{
    vm_thread_exit((void *)(intptr_t)result);
}

thrd_t __wrap_thrd_current(void)
{
    instrument_know_oneself();
    return vm_thread_mark();
}

int __wrap_thrd_equal(thrd_t one, thrd_t other)
{
    return one == other;
}

int __wrap_thrd_sleep(const struct timespec *time, struct timespec *left)
{
    (void)left;
    struct vm_call call = VM_CALL("thrd_sleep");
    vm_cancellation_point(call);
    uint64_t nanoseconds;
    if (vm_duration(time, &nanoseconds, call) != 0) {
        return -2; /* not interrupted: another error */
    }
    vm_sleep(nanoseconds, call);
    return 0;
}

void __wrap_thrd_yield(void)
{
    vm_sleep(0, VM_CALL("thrd_yield"));
}

/* --- mutexes ------------------------------------------------------------------------ */

/* Where it is noted, in libc's layout, that mtx_timedlock is not for this mutex. */
static unsigned *has_no_limits(mtx_t *mutex)
{
    return &mutex_of(mutex)->__data.__nusers;
}

int __wrap_mtx_init(mtx_t *mutex, int type)
{
    vm_mutex_init(mutex_of(mutex),
                  type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL,
                  VM_CALL("mtx_init"));
    *has_no_limits(mutex) = (type & mtx_timed) == 0;
    return thrd_success;
}

void __wrap_mtx_destroy(mtx_t *mutex)
{
    vm_mutex_destroy(mutex_of(mutex), VM_CALL("mtx_destroy"));
}

VM_NOTED("__wrap_mtx_lock")
int __wrap_mtx_lock_noted(mtx_t *mutex)
{
    return status_of(vm_mutex_lock(mutex_of(mutex), VM_CALL("mtx_lock")));
}

VM_NOTED("__wrap_mtx_trylock")
int __wrap_mtx_trylock_noted(mtx_t *mutex)
{
    return status_of(vm_mutex_trylock(mutex_of(mutex), VM_CALL("mtx_trylock")));
}

int __wrap_mtx_timedlock(mtx_t *mutex, const struct timespec *limit)
{
    struct vm_call call = VM_CALL("mtx_timedlock");
    if (*has_no_limits(mutex)) {
        instrument_wrong(VM_MISUSE, call.site,
                         "mtx_timedlock of a mutex that is not mtx_timed");
    }
    return status_of(vm_mutex_timedlock(mutex_of(mutex), CLOCK_REALTIME, limit, call));
}

int __wrap_mtx_unlock(mtx_t *mutex)
{
    return status_of(vm_mutex_unlock(mutex_of(mutex), VM_CALL("mtx_unlock")));
}

/* --- condition variables ------------------------------------------------------------ */

int __wrap_cnd_init(cnd_t *condition)
{
    vm_condition_init(condition_of(condition), CLOCK_REALTIME, VM_CALL("cnd_init"));
    return thrd_success;
}

void __wrap_cnd_destroy(cnd_t *condition)
{
    vm_condition_destroy(condition_of(condition), VM_CALL("cnd_destroy"));
}

int __wrap_cnd_wait(cnd_t *condition, mtx_t *mutex)
{
    return status_of(
        vm_condition_wait(condition_of(condition), mutex_of(mutex), VM_CALL("cnd_wait")));
}

int __wrap_cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *limit)
{
    return status_of(vm_condition_timedwait(condition_of(condition), mutex_of(mutex),
                                            CLOCK_REALTIME, limit,
                                            VM_CALL("cnd_timedwait")));
}

int __wrap_cnd_signal(cnd_t *condition)
{
    vm_condition_signal(condition_of(condition), VM_CALL("cnd_signal"));
    return thrd_success;
}

int __wrap_cnd_broadcast(cnd_t *condition)
{
    vm_condition_broadcast(condition_of(condition), VM_CALL("cnd_broadcast"));
    return thrd_success;
}

/* --- thread-specific data, once ----------------------------------------------------- */

int __wrap_tss_create(tss_t *key, tss_dtor_t destructor)
{
    return status_of(vm_key_create(key, destructor, VM_CALL("tss_create")));
}

void __wrap_tss_delete(tss_t key)
{
    vm_key_delete(key, VM_CALL("tss_delete"));
}

void *__wrap_tss_get(tss_t key)
{
    return vm_key_get(key, VM_CALL("tss_get"));
}

int __wrap_tss_set(tss_t key, void *value)
{
    return status_of(vm_key_set(key, value, VM_CALL("tss_set")));
}

void __wrap_call_once(once_flag *once, void (*routine)(void))
{
    vm_once(once, routine, VM_CALL("call_once"));
}

/* SPDX-License-Identifier: MIT */
/* Semaphores: the first word of a sem_t is the count, the second says that it has been
   initialized, or destroyed. */
#include "virtual/threads/clock.h"
#include "virtual/threads/threads.h"

#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <string.h>

#define DESTROYED   UINT32_MAX
#define INITIALIZED UINT32_C(0x5e3a)

static uint32_t *words(sem_t *semaphore)
{
    return (uint32_t *)(void *)semaphore;
}

static uint32_t *count_of(sem_t *semaphore, struct vm_call call)
{
    if (words(semaphore)[1] != INITIALIZED) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a semaphore that has %s", call.name,
                         words(semaphore)[1] == DESTROYED ? "been destroyed"
                                                          : "not been initialized");
    }
    return words(semaphore);
}

static bool try_take(sem_t *semaphore, struct vm_call call)
{
    uint32_t *count = count_of(semaphore, call);
    for (uint64_t value = 1, found; value != 0; value = found) {
        found = vm_compare(count, sizeof *count, value, value - 1, VM_ACQUIRE, VM_RELAXED,
                           call);
        if (found == value) {
            return true;
        }
    }
    return false;
}

static int fail(int error)
{
    vm_set_error(error);
    return -1;
}

static bool is_interrupted(struct vm_call call)
{
    return instrument_returns_early(VM_INTERRUPTED, call.name, call.site);
}

int __wrap_sem_init(sem_t *semaphore, int shared, unsigned value)
{
    (void)shared;
    if (value > SEM_VALUE_MAX) {
        return fail(EINVAL);
    }
    vm_plain(words(semaphore), sizeof(uint32_t), true, __builtin_return_address(0));
    memset(semaphore, 0, sizeof *semaphore);
    words(semaphore)[0] = value;
    words(semaphore)[1] = INITIALIZED;
    return 0;
}

int __wrap_sem_destroy(sem_t *semaphore)
{
    struct vm_call call = VM_CALL("sem_destroy");
    vm_plain(count_of(semaphore, call), sizeof(uint32_t), true, call.site);
    words(semaphore)[1] = DESTROYED;
    return 0;
}

int __wrap_sem_wait(sem_t *semaphore)
{
    struct vm_call call = VM_CALL("sem_wait");
    if (is_interrupted(call)) {
        return fail(EINTR);
    }
    while (!try_take(semaphore, call)) {
        vm_await_failed(call);
    }
    return 0;
}

VM_NOTED("__wrap_sem_trywait")
int __wrap_sem_trywait_noted(sem_t *semaphore)
{
    return try_take(semaphore, VM_CALL("sem_trywait")) ? 0 : fail(EAGAIN);
}

static int timed_wait(sem_t *semaphore, clockid_t clock, const struct timespec *limit,
                      struct vm_call call)
{
    uint64_t until;
    if (vm_deadline(clock, limit, &until, call) != 0) {
        return fail(EINVAL);
    }
    if (is_interrupted(call)) {
        return fail(EINTR);
    }
    while (!try_take(semaphore, call)) {
        if (!vm_await_failed_until(until, call)) {
            return fail(vm_time_out(until));
        }
    }
    return 0;
}

int __wrap_sem_timedwait(sem_t *semaphore, const struct timespec *limit)
{
    return timed_wait(semaphore, CLOCK_REALTIME, limit, VM_CALL("sem_timedwait"));
}

int __wrap_sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *limit)
{
    return timed_wait(semaphore, clock, limit, VM_CALL("sem_clockwait"));
}

int __wrap_sem_post(sem_t *semaphore)
{
    struct vm_call call = VM_CALL("sem_post");
    vm_atomic(VM_ADD, count_of(semaphore, call), sizeof(uint32_t), 1, VM_RELEASE,
              call.name, call.site);
    return 0;
}

int __wrap_sem_getvalue(sem_t *semaphore, int *value)
{
    struct vm_call call = VM_CALL("sem_getvalue");
    uint64_t now = vm_read(count_of(semaphore, call), sizeof(uint32_t), VM_RELAXED, call);
    vm_plain(value, sizeof *value, true, call.site);
    *value = (int)now;
    return 0;
}

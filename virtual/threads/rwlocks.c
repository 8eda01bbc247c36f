/* SPDX-License-Identifier: MIT */
/*
 * Readers-writer locks: one word, the number of readers or WRITER. libc's layout, for its
 * static initialisers (zeros): the word is __readers; __cur_writer is the writer's alone;
 * __writers says that the lock has been destroyed.
 */
#include "virtual/threads/clock.h"
#include "virtual/threads/threads.h"

#include <errno.h>
#include <string.h>

#define WRITER    UINT32_MAX
#define DESTROYED UINT32_MAX

static uint32_t *word_of(pthread_rwlock_t *lock, struct vm_call call)
{
    if (lock->__data.__writers == DESTROYED) {
        instrument_wrong(VM_MISUSE, call.site,
                         "%s of a readers-writer lock that has been destroyed",
                         call.name);
    }
    return &lock->__data.__readers;
}

static int try_read(pthread_rwlock_t *lock, struct vm_call call)
{
    uint32_t *word = word_of(lock, call);
    for (uint64_t readers = 0, found; readers != WRITER; readers = found) {
        found = vm_compare(word, sizeof *word, readers, readers + 1, VM_ACQUIRE,
                           VM_RELAXED, call);
        if (found == readers) {
            return 0;
        }
    }
    return EBUSY;
}

static int try_write(pthread_rwlock_t *lock, struct vm_call call)
{
    uint32_t *word = word_of(lock, call);
    if (!vm_compare_and_swap(word, sizeof *word, 0, WRITER, VM_ACQUIRE, call.name,
                             call.site)) {
        return EBUSY;
    }
    lock->__data.__cur_writer = (int)vm_thread_mark();
    return 0;
}

static int timed_lock(pthread_rwlock_t *lock,
                      int (*try)(pthread_rwlock_t *, struct vm_call),
                      const struct timespec *limit, struct vm_call call)
{
    uint64_t until = vm_nanoseconds(limit);
    while (try(lock, call) != 0) {
        if (!vm_await_failed_until(until, call)) {
            return vm_time_out(until);
        }
    }
    return 0;
}

int __wrap_pthread_rwlock_init(pthread_rwlock_t *lock, const pthread_rwlockattr_t *unused)
{
    (void)unused;
    vm_plain(&lock->__data.__readers, sizeof lock->__data.__readers, true,
             __builtin_return_address(0));
    memset(lock, 0, sizeof *lock);
    return 0;
}

int __wrap_pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
    struct vm_call call = VM_CALL("pthread_rwlock_destroy");
    uint32_t *word = word_of(lock, call);
    if (vm_read(word, sizeof *word, VM_RELAXED, call) != 0) {
        instrument_wrong(VM_MISUSE, call.site,
                         "%s of a readers-writer lock that is locked", call.name);
    }
    vm_plain(word, sizeof *word, true, call.site);
    lock->__data.__writers = DESTROYED;
    return 0;
}

int __wrap_pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    struct vm_call call = VM_CALL("pthread_rwlock_rdlock");
    while (try_read(lock, call) != 0) {
        vm_await_failed(call);
    }
    return 0;
}

VM_NOTED("__wrap_pthread_rwlock_tryrdlock")
int __wrap_pthread_rwlock_tryrdlock_noted(pthread_rwlock_t *lock)
{
    return try_read(lock, VM_CALL("pthread_rwlock_tryrdlock"));
}

int __wrap_pthread_rwlock_timedrdlock(pthread_rwlock_t *lock,
                                      const struct timespec *limit)
{
    return timed_lock(lock, try_read, limit, VM_CALL("pthread_rwlock_timedrdlock"));
}

int __wrap_pthread_rwlock_clockrdlock(pthread_rwlock_t *lock, clockid_t clock,
                                      const struct timespec *limit)
{
    (void)clock;
    return timed_lock(lock, try_read, limit, VM_CALL("pthread_rwlock_clockrdlock"));
}

int __wrap_pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    struct vm_call call = VM_CALL("pthread_rwlock_wrlock");
    while (try_write(lock, call) != 0) {
        vm_await_failed(call);
    }
    return 0;
}

VM_NOTED("__wrap_pthread_rwlock_trywrlock")
int __wrap_pthread_rwlock_trywrlock_noted(pthread_rwlock_t *lock)
{
    return try_write(lock, VM_CALL("pthread_rwlock_trywrlock"));
}

int __wrap_pthread_rwlock_timedwrlock(pthread_rwlock_t *lock,
                                      const struct timespec *limit)
{
    return timed_lock(lock, try_write, limit, VM_CALL("pthread_rwlock_timedwrlock"));
}

int __wrap_pthread_rwlock_clockwrlock(pthread_rwlock_t *lock, clockid_t clock,
                                      const struct timespec *limit)
{
    (void)clock;
    return timed_lock(lock, try_write, limit, VM_CALL("pthread_rwlock_clockwrlock"));
}

int __wrap_pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    struct vm_call call = VM_CALL("pthread_rwlock_unlock");
    uint32_t *word = word_of(lock, call);
    if (lock->__data.__cur_writer == (int)vm_thread_mark()) {
        lock->__data.__cur_writer = 0;
        vm_write(word, sizeof *word, 0, VM_RELEASE, call);
        return 0;
    }
    uint64_t readers =
        vm_atomic(VM_SUB, word, sizeof *word, 1, VM_RELEASE, call.name, call.site);
    if (readers == 0 || readers == WRITER) {
        instrument_wrong(VM_MISUSE, call.site,
                         "%s of a readers-writer lock that this thread has not locked",
                         call.name);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Readers-writer locks: one word, the number of readers or WRITER. libc's layout, for its
 * static initialisers: the word is __readers; __cur_writer is the writer's alone;
 * __writers says that the lock has been destroyed; __flags is its kind. Of the kind that
 * prefers writers, __wrphase_futex counts the writers that wait, and keeps readers out.
 * Which locks a thread reads with, and how often it has each, is its own to know.
 */
#include "virtual/threads/clock.h"
#include "virtual/threads/threads.h"

#include <errno.h>
#include <string.h>

#define WRITER    UINT32_MAX
#define DESTROYED UINT32_MAX

static uint32_t *word_of(pthread_rwlock_t *lock, struct vm_call call)
{
    if (lock->__data.__writers != 0) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a readers-writer lock that has %s",
                         call.name,
                         lock->__data.__writers == DESTROYED ? "been destroyed"
                                                             : "not been initialized");
    }
    return &lock->__data.__readers;
}

static bool prefers_writers(const pthread_rwlock_t *lock)
{
    return lock->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}

/* A thread's record of a lock that it reads with, or NULL. */
static struct vm_reading *reading_in(struct vm_thread *thread, const void *lock)
{
    for (unsigned i = 0; i < thread->readings_count; i++) {
        if (thread->readings[i].lock == lock) {
            return &thread->readings[i];
        }
    }
    return NULL;
}

static struct vm_reading *reading_of(const pthread_rwlock_t *lock)
{
    return reading_in(vm_thread(), lock);
}

bool vm_has_rwlock(unsigned processor, const void *lock)
{
    const pthread_rwlock_t *its = lock;
    return its->__data.__cur_writer == (int)processor + 1 ||
           reading_in(&vm_threads[processor], lock) != NULL;
}

static void note_reading(const pthread_rwlock_t *lock, struct vm_call call)
{
    struct vm_thread *self = vm_thread();
    struct vm_reading *reading = reading_of(lock);
    if (reading == NULL) {
        if (self->readings_count == VM_READINGS) {
            instrument_refuse(call.site, "%s of more than %d locks at once", call.name,
                              VM_READINGS);
        }
        reading = &self->readings[self->readings_count++];
        *reading = (struct vm_reading){lock, 0};
    }
    reading->times++;
    vm_note_change();
}

/* One time, or all. */
static void forget_reading(struct vm_reading *reading, bool all)
{
    if (all || --reading->times == 0) {
        struct vm_thread *self = vm_thread();
        *reading = self->readings[--self->readings_count];
    }
    vm_note_change();
}

static int try_read(pthread_rwlock_t *lock, struct vm_call call)
{
    uint32_t *word = word_of(lock, call);
    if (prefers_writers(lock) &&
        vm_read(&lock->__data.__wrphase_futex, sizeof *word, VM_ACQUIRE, call) > 0) {
        return EBUSY;
    }
    for (uint64_t readers = 0, found; readers != WRITER; readers = found) {
        found = vm_compare(word, sizeof *word, readers, readers + 1, VM_ACQUIRE,
                           VM_RELAXED, call);
        if (found == readers) {
            note_reading(lock, call);
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

/* A deadline of a clock's; without one, a wait is as long as it takes. */
struct limit {
    clockid_t clock;
    const struct timespec *time;
};
#define NO_LIMIT ((struct limit){0, NULL})

static int lock_until(pthread_rwlock_t *lock,
                      int (*try)(pthread_rwlock_t *, struct vm_call),
                      const uint64_t *limit, struct vm_call call)
{
    while (try(lock, call) != 0) {
        if (limit == NULL) {
            vm_await_failed(call);
        } else if (!vm_await_failed_until(*limit, call)) {
            return vm_time_out(*limit);
        }
    }
    return 0;
}

static int read_lock(pthread_rwlock_t *lock, struct limit limit, struct vm_call call)
{
    uint64_t until;
    if (limit.time != NULL && vm_deadline(limit.clock, limit.time, &until, call) != 0) {
        return EINVAL;
    }
    return lock_until(lock, try_read, limit.time == NULL ? NULL : &until, call);
}

static void count_waiting(pthread_rwlock_t *lock, enum vm_kind kind, struct vm_call call)
{
    vm_atomic(kind, &lock->__data.__wrphase_futex, sizeof(uint32_t), 1, VM_RELEASE,
              call.name, call.site);
}

static int write_lock(pthread_rwlock_t *lock, struct limit limit, struct vm_call call)
{
    uint64_t until;
    if (limit.time != NULL && vm_deadline(limit.clock, limit.time, &until, call) != 0) {
        return EINVAL;
    }
    const uint64_t *ends = limit.time == NULL ? NULL : &until;
    if (!prefers_writers(lock)) {
        return lock_until(lock, try_write, ends, call);
    }
    count_waiting(lock, VM_ADD, call);
    int error = lock_until(lock, try_write, ends, call);
    count_waiting(lock, VM_SUB, call);
    return error;
}

int __wrap_pthread_rwlock_init(pthread_rwlock_t *lock,
                               const pthread_rwlockattr_t *attributes)
{
    const void *site = __builtin_return_address(0);
    int kind = PTHREAD_RWLOCK_DEFAULT_NP;
    if (attributes != NULL) {
        vm_plain(attributes, sizeof *attributes, false, site);
        (void)pthread_rwlockattr_getkind_np(attributes, &kind);
    }
    vm_plain(&lock->__data.__readers, sizeof lock->__data.__readers, true, site);
    memset(lock, 0, sizeof *lock);
    struct vm_reading *of_an_earlier_one = reading_of(lock);
    if (of_an_earlier_one != NULL) {
        forget_reading(of_an_earlier_one, true);
    }
    lock->__data.__flags = (unsigned)kind;
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

VM_NOTED("__wrap_pthread_rwlock_rdlock")
int __wrap_pthread_rwlock_rdlock_noted(pthread_rwlock_t *lock)
{
    return read_lock(lock, NO_LIMIT, VM_CALL("pthread_rwlock_rdlock"));
}

VM_NOTED("__wrap_pthread_rwlock_tryrdlock")
int __wrap_pthread_rwlock_tryrdlock_noted(pthread_rwlock_t *lock)
{
    return try_read(lock, VM_CALL("pthread_rwlock_tryrdlock"));
}

int __wrap_pthread_rwlock_timedrdlock(pthread_rwlock_t *lock,
                                      const struct timespec *limit)
{
    return read_lock(lock, (struct limit){CLOCK_REALTIME, limit},
                     VM_CALL("pthread_rwlock_timedrdlock"));
}

int __wrap_pthread_rwlock_clockrdlock(pthread_rwlock_t *lock, clockid_t clock,
                                      const struct timespec *limit)
{
    return read_lock(lock, (struct limit){clock, limit},
                     VM_CALL("pthread_rwlock_clockrdlock"));
}

VM_NOTED("__wrap_pthread_rwlock_wrlock")
int __wrap_pthread_rwlock_wrlock_noted(pthread_rwlock_t *lock)
{
    return write_lock(lock, NO_LIMIT, VM_CALL("pthread_rwlock_wrlock"));
}

VM_NOTED("__wrap_pthread_rwlock_trywrlock")
int __wrap_pthread_rwlock_trywrlock_noted(pthread_rwlock_t *lock)
{
    return try_write(lock, VM_CALL("pthread_rwlock_trywrlock"));
}

int __wrap_pthread_rwlock_timedwrlock(pthread_rwlock_t *lock,
                                      const struct timespec *limit)
{
    return write_lock(lock, (struct limit){CLOCK_REALTIME, limit},
                      VM_CALL("pthread_rwlock_timedwrlock"));
}

int __wrap_pthread_rwlock_clockwrlock(pthread_rwlock_t *lock, clockid_t clock,
                                      const struct timespec *limit)
{
    return write_lock(lock, (struct limit){clock, limit},
                      VM_CALL("pthread_rwlock_clockwrlock"));
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
    struct vm_reading *reading = reading_of(lock);
    uint64_t readers = 0;
    if (reading != NULL) {
        forget_reading(reading, false);
        readers =
            vm_atomic(VM_SUB, word, sizeof *word, 1, VM_RELEASE, call.name, call.site);
    }
    if (readers == 0 || readers == WRITER) {
        instrument_wrong(VM_MISUSE, call.site,
                         "%s of a readers-writer lock that this thread has not locked",
                         call.name);
    }
    return 0;
}

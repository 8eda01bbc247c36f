/* SPDX-License-Identifier: MIT */
/*
 * Mutexes and spin locks: a word that is 0, or the mark of the holder.
 *
 * A mutex keeps libc's layout, because its static initialisers write it: the word is
 * __lock; __kind is its type; __owner and __count are for the holder alone. Another
 * thread may read __owner too: it finds its own mark only if it wrote that itself.
 */
#include "virtual/threads/clock.h"
#include "virtual/threads/libstdcxx.h"
#include "virtual/threads/threads.h"

#include <errno.h>
#include <string.h>

enum { DESTROYED = -1 }; /* a kind of mutex, a word of a spin lock */

static bool is_kind(int kind)
{
    return kind == PTHREAD_MUTEX_NORMAL || kind == PTHREAD_MUTEX_RECURSIVE ||
           kind == PTHREAD_MUTEX_ERRORCHECK || kind == PTHREAD_MUTEX_ADAPTIVE_NP;
}

/* How a thread comes by a lock. */
enum way { TRIES, WAITS, TRIES_AGAIN /* with others: virtual.h */ };

/* Takes a lock, or tries to. */
static bool take(void *word, uint64_t mark, enum way way, struct vm_call call)
{
    return vm_perform(&(struct vm_operation){.kind = VM_CAS,
                                             .order = VM_ACQUIRE,
                                             .failure = VM_RELAXED,
                                             .waits = way != TRIES,
                                             .tries_again = way == TRIES_AGAIN,
                                             .size = sizeof(int),
                                             .address = word,
                                             .operand = mark,
                                             .name = call.name,
                                             .site = call.site}) == 0;
}

static struct __pthread_mutex_s *alive(pthread_mutex_t *mutex, struct vm_call call)
{
    if (!is_kind(mutex->__data.__kind)) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a mutex that has %s", call.name,
                         mutex->__data.__kind == DESTROYED ? "been destroyed"
                                                           : "not been initialized");
    }
    return &mutex->__data;
}

void vm_mutex_init(pthread_mutex_t *mutex, int kind, struct vm_call call)
{
    vm_plain(&mutex->__data.__lock, sizeof mutex->__data.__lock, true, call.site);
    const struct __pthread_mutex_s *self = &mutex->__data;
    if (self->__lock != 0 && self->__lock == self->__owner && is_kind(self->__kind) &&
        !vm_on_own_stack(mutex)) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a mutex that is locked", call.name);
    }
    memset(mutex, 0, sizeof *mutex);
    mutex->__data.__kind = kind;
}

void vm_mutex_destroy(pthread_mutex_t *mutex, struct vm_call call)
{
    struct __pthread_mutex_s *self = alive(mutex, call);
    vm_plain(&self->__lock, sizeof self->__lock, true, call.site);
    if (self->__owner != 0) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a mutex that is locked", call.name);
    }
    self->__kind = DESTROYED;
}

static int try(pthread_mutex_t *mutex, enum way way, struct vm_call call)
{
    struct __pthread_mutex_s *self = alive(mutex, call);
    int mark = (int)vm_thread_mark();
    if (self->__owner == mark && self->__kind == PTHREAD_MUTEX_RECURSIVE) {
        self->__count++;
        vm_registers.stack = NULL; /* noted for nothing */
        return 0;
    }
    if (!take(&self->__lock, (uint64_t)mark, way, call)) {
        return EBUSY;
    }
    self->__owner = mark;
    self->__count = 1;
    return 0;
}

int vm_mutex_trylock(pthread_mutex_t *mutex, struct vm_call call)
{
    bool together = vm_cxx_locks_several(call.site);
    instrument_tries_mutex(together);
    int error = try(mutex, TRIES, call);
    vm_thread()->found_taken = together && error != 0 ? mutex : NULL;
    return error;
}

static bool refuses_relock(pthread_mutex_t *mutex, struct vm_call call)
{
    const struct __pthread_mutex_s *self = alive(mutex, call);
    return self->__kind == PTHREAD_MUTEX_ERRORCHECK &&
           self->__owner == (int)vm_thread_mark();
}

/* A normal mutex that its owner locks again makes it wait for ever, as it should. */
int vm_mutex_lock(pthread_mutex_t *mutex, struct vm_call call)
{
    if (refuses_relock(mutex, call)) {
        vm_registers.stack = NULL; /* noted for nothing */
        return EDEADLK;
    }
    bool again = vm_thread()->found_taken == mutex && vm_cxx_locks_several(call.site);
    vm_thread()->found_taken = NULL;
    while (try(mutex, again ? TRIES_AGAIN : WAITS, call) != 0) {
        vm_await_failed(call);
    }
    return 0;
}

int vm_mutex_timedlock(pthread_mutex_t *mutex, clockid_t clock,
                       const struct timespec *limit, struct vm_call call)
{
    if (refuses_relock(mutex, call)) {
        return EDEADLK;
    }
    uint64_t until;
    int error = vm_deadline(clock, limit, &until, call);
    while (vm_mutex_trylock(mutex, call) != 0) {
        if (error != 0) { /* not looked at unless it waits */
            return error;
        }
        if (!vm_await_failed_until(until, call)) {
            return vm_time_out(until);
        }
    }
    return 0;
}

int vm_mutex_unlock(pthread_mutex_t *mutex, struct vm_call call)
{
    struct __pthread_mutex_s *self = alive(mutex, call);
    if (self->__owner != (int)vm_thread_mark()) {
        if (self->__kind == PTHREAD_MUTEX_RECURSIVE ||
            self->__kind == PTHREAD_MUTEX_ERRORCHECK) {
            return EPERM;
        }
        instrument_wrong(VM_MISUSE, call.site,
                         "%s of a mutex that this thread has not locked", call.name);
    }
    if (--self->__count == 0) {
        self->__owner = 0;
        vm_write(&self->__lock, sizeof self->__lock, 0, VM_RELEASE, call);
    }
    return 0;
}

/* --- pthreads: mutexes -------------------------------------------------------------- */

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex,
                              const pthread_mutexattr_t *attributes)
{
    struct vm_call call = VM_CALL("pthread_mutex_init");
    int kind = PTHREAD_MUTEX_NORMAL;
    if (attributes != NULL) {
        vm_plain(attributes, sizeof *attributes, false, call.site);
        (void)pthread_mutexattr_gettype(attributes, &kind);
    }
    vm_mutex_init(mutex, kind, call);
    return 0;
}

int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    vm_mutex_destroy(mutex, VM_CALL("pthread_mutex_destroy"));
    return 0;
}

VM_NOTED("__wrap_pthread_mutex_lock")
int __wrap_pthread_mutex_lock_noted(pthread_mutex_t *mutex)
{
    return vm_mutex_lock(mutex, VM_CALL("pthread_mutex_lock"));
}

VM_NOTED("__wrap_pthread_mutex_trylock")
int __wrap_pthread_mutex_trylock_noted(pthread_mutex_t *mutex)
{
    return vm_mutex_trylock(mutex, VM_CALL("pthread_mutex_trylock"));
}

int __wrap_pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *limit)
{
    return vm_mutex_timedlock(mutex, CLOCK_REALTIME, limit,
                              VM_CALL("pthread_mutex_timedlock"));
}

int __wrap_pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock,
                                   const struct timespec *limit)
{
    return vm_mutex_timedlock(mutex, clock, limit, VM_CALL("pthread_mutex_clocklock"));
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    return vm_mutex_unlock(mutex, VM_CALL("pthread_mutex_unlock"));
}

/* --- pthreads: spin locks ----------------------------------------------------------- */

/* A spin lock is the word and nothing else. */
static void *word_of(pthread_spinlock_t *lock, struct vm_call call)
{
    if (*lock == DESTROYED) {
        instrument_wrong(VM_MISUSE, call.site,
                         "%s of a spin lock that has been destroyed", call.name);
    }
    return (void *)(uintptr_t)lock;
}

static bool try_spin(pthread_spinlock_t *lock, enum way way, struct vm_call call)
{
    return take(word_of(lock, call), vm_thread_mark(), way, call);
}

int __wrap_pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
    (void)shared;
    vm_plain((void *)(uintptr_t)lock, sizeof *lock, true, __builtin_return_address(0));
    *lock = 0;
    return 0;
}

int __wrap_pthread_spin_destroy(pthread_spinlock_t *lock)
{
    struct vm_call call = VM_CALL("pthread_spin_destroy");
    if (vm_read(word_of(lock, call), sizeof *lock, VM_RELAXED, call) != 0) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a spin lock that is locked",
                         call.name);
    }
    vm_plain((void *)(uintptr_t)lock, sizeof *lock, true, call.site);
    *lock = DESTROYED;
    return 0;
}

VM_NOTED("__wrap_pthread_spin_lock")
int __wrap_pthread_spin_lock_noted(pthread_spinlock_t *lock)
{
    struct vm_call call = VM_CALL("pthread_spin_lock");
    while (!try_spin(lock, WAITS, call)) {
        vm_await_failed(call);
    }
    return 0;
}

VM_NOTED("__wrap_pthread_spin_trylock")
int __wrap_pthread_spin_trylock_noted(pthread_spinlock_t *lock)
{
    return try_spin(lock, false, VM_CALL("pthread_spin_trylock")) ? 0 : EBUSY;
}

int __wrap_pthread_spin_unlock(pthread_spinlock_t *lock)
{
    struct vm_call call = VM_CALL("pthread_spin_unlock");
    /* An exchange shows whose it was, for the price of a store. */
    if (vm_atomic(VM_EXCHANGE, word_of(lock, call), sizeof *lock, 0, VM_RELEASE,
                  call.name, call.site) != vm_thread_mark()) {
        instrument_wrong(VM_MISUSE, call.site,
                         "%s of a spin lock that this thread has not locked", call.name);
    }
    return 0;
}

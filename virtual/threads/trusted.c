/* SPDX-License-Identifier: MIT */
/*
 * The library's mutex, condition variable, once, semaphore and reader-writer mutex as
 * their headers promise them, and no more: what takes their places in a program that is
 * checked with --trust-library (program/trusted.c). Each is made of one word of the
 * object, so that a program may lie about no object's size, and free it when it may.
 *
 * What is left open is left open here: which of those that wait enters next, whether a
 * try comes early or late, whether a time is out.
 */
#include "virtual/program/trusted_functions.h"
#include "virtual/threads/clock.h"
#include "virtual/threads/threads.h"
#include "virtual/threads/waiting_sets.h"

#include <errno.h>

#define DECLARE(header, result, name, parameters)                                        \
    result lks_trusted_##header##_##name parameters;
TRUSTED_FUNCTIONS(DECLARE)

const struct trusted_functions vm_trusted_functions = {
#define TRUSTED(header, result, name, parameters) lks_trusted_##header##_##name,
    TRUSTED_FUNCTIONS(TRUSTED)};

enum { SECOND = 1000000000 };

static bool is_instant(const struct timespec *deadline)
{
    return deadline->tv_sec >= 0 && deadline->tv_nsec >= 0 && deadline->tv_nsec < SECOND;
}

/* One try; and then others, while there is time. Returns 0, EINVAL or ETIMEDOUT. */
static int try_until(bool (*attempt)(void *object, struct vm_call call), void *object,
                     const struct timespec *deadline, struct vm_call call)
{
    if (attempt(object, call)) {
        return 0;
    }
    vm_plain(deadline, sizeof *deadline, false, call.site);
    if (!is_instant(deadline)) {
        return EINVAL;
    }
    uint64_t until = vm_instant(CLOCK_MONOTONIC, deadline);
    while (vm_await_failed_until(until, call)) {
        if (attempt(object, call)) {
            return 0;
        }
    }
    return vm_time_out(until);
}

/* --- mutex -------------------------------------------------------------------------- */

/*
 * 0, or the mark of the holder. That the lock is kept for a waiter that has waited for
 * long, so that a try fails, is here one in which the waiter has it already: it gives up
 * only while somebody else holds the lock.
 */

static void *word_of(lks_mutex_t *mutex)
{
    return &mutex->word;
}

static bool take(lks_mutex_t *mutex, bool waits, struct vm_call call)
{
    return vm_perform(&(struct vm_operation){.kind = VM_CAS,
                                             .order = VM_ACQUIRE,
                                             .failure = VM_RELAXED,
                                             .waits = waits,
                                             .size = sizeof(uint32_t),
                                             .address = word_of(mutex),
                                             .operand = vm_thread_mark(),
                                             .name = call.name,
                                             .site = call.site}) == 0;
}

static void take_waiting(lks_mutex_t *mutex, struct vm_call call)
{
    while (!take(mutex, true, call)) {
        vm_await_failed(call);
    }
}

static void give(lks_mutex_t *mutex, struct vm_call call)
{
    if (vm_compare(word_of(mutex), sizeof(uint32_t), vm_thread_mark(), 0, VM_RELEASE,
                   VM_RELAXED, call) != vm_thread_mark()) {
        instrument_wrong(VM_MISUSE, call.site,
                         "%s of a mutex that this thread has not locked", call.name);
    }
}

VM_NOTED("lks_trusted_mutex_lock")
void lks_trusted_mutex_lock_noted(lks_mutex_t *mutex)
{
    take_waiting(mutex, VM_CALL("lks_mutex_lock"));
}

VM_NOTED("lks_trusted_mutex_trylock")
bool lks_trusted_mutex_trylock_noted(lks_mutex_t *mutex)
{
    return take(mutex, false, VM_CALL("lks_mutex_trylock"));
}

static bool try_to_take(void *mutex, struct vm_call call)
{
    return take(mutex, false, call);
}

int lks_trusted_mutex_timedlock(lks_mutex_t *mutex, const struct timespec *deadline)
{
    return try_until(try_to_take, mutex, deadline, VM_CALL("lks_mutex_timedlock"));
}

bool lks_trusted_mutex_is_locked(const lks_mutex_t *mutex)
{
    return vm_read(word_of((lks_mutex_t *)(uintptr_t)mutex), sizeof(uint32_t), VM_RELAXED,
                   VM_CALL("lks_mutex_is_locked")) != 0;
}

void lks_trusted_mutex_unlock(lks_mutex_t *mutex)
{
    give(mutex, VM_CALL("lks_mutex_unlock"));
}

/* --- condition variable ------------------------------------------------------------- */

/* The first 64 bits are the marks of the threads that wait, the one that has waited
   longest lowest. Only waking makes anything visible; and to a broadcast, behind which
   the condition may be freed, that a thread has left. */
enum { BITS = 8, MOST = 64 / BITS };

static void *queue_of(lks_cond_t *cond)
{
    return &cond->first;
}

static uint64_t read_queue(lks_cond_t *cond, enum vm_order order, struct vm_call call)
{
    return vm_read(queue_of(cond), sizeof(uint64_t), order, call);
}

/* Returns `queue`, or what was found instead of it. */
static uint64_t change_queue(lks_cond_t *cond, uint64_t queue, uint64_t to,
                             enum vm_order order, struct vm_call call)
{
    return vm_compare(queue_of(cond), sizeof(uint64_t), queue, to, order, VM_RELAXED,
                      call);
}

static void join_queue(lks_cond_t *cond, struct vm_call call)
{
    (void)vm_begin_wait(queue_of(cond), call);
    uint64_t queue = 0, found;
    for (;; queue = found) {
        unsigned length = 0;
        while (length < MOST && queue >> length * BITS != 0) {
            length++;
        }
        if (length == MOST) {
            instrument_refuse(call.site,
                              "%s of more than %d threads at once: not with "
                              "--trust-library",
                              call.name, MOST);
        }
        uint64_t mark = (uint64_t)vm_thread_mark() << length * BITS;
        found = change_queue(cond, queue, queue | mark, VM_RELAXED, call);
        if (found == queue) {
            return;
        }
    }
}

/* Returns whether the caller was still there. */
static bool leave_queue(lks_cond_t *cond, struct vm_call call)
{
    for (uint64_t queue = read_queue(cond, VM_RELAXED, call), found;; queue = found) {
        unsigned place = 0;
        while (place < MOST && (queue >> place * BITS & 0xff) != vm_thread_mark()) {
            place++;
        }
        if (place == MOST) {
            return false;
        }
        uint64_t before = queue & ((UINT64_C(1) << place * BITS) - 1);
        uint64_t behind = queue >> place * BITS >> BITS << place * BITS;
        found = change_queue(cond, queue, before | behind, VM_RELEASE, call);
        if (found == queue) {
            return true;
        }
    }
}

/*
 * A condition may be freed right after a broadcast, so one that leaves by itself says so
 * in its own word, and who finds that there waits until it is done with the condition.
 */
static const uint64_t LEAVES = UINT64_C(1) << 62, HAS_LEFT = UINT64_C(1) << 63;

/* The caller's time is out. Returns whether it was still there. */
static bool leave(lks_cond_t *cond, struct vm_call call)
{
    struct vm_thread *self = vm_thread();
    uint64_t *word = &self->woken, now = self->waits;
    uint64_t before = vm_read(word, sizeof *word, VM_RELAXED, call);
    if (before == now || vm_compare(word, sizeof *word, before, LEAVES | now, VM_RELAXED,
                                    VM_RELAXED, call) != before) {
        return false;
    }
    bool there = leave_queue(cond, call);
    if (!there) {
        (void)vm_atomic(VM_EXCHANGE, word, sizeof *word, HAS_LEFT | now, VM_RELEASE,
                        call.name, call.site);
    }
    return there;
}

static void let_go(unsigned thread, struct vm_call call)
{
    struct vm_thread *waiter = &vm_threads[thread];
    uint64_t *word = &waiter->woken, now = waiter->waits;
    if (vm_atomic(VM_EXCHANGE, word, sizeof *word, now, VM_ACQ_REL, call.name,
                  call.site) == (LEAVES | now)) {
        while (vm_read(word, sizeof *word, VM_ACQUIRE, call) != (HAS_LEFT | now)) {
            vm_await_failed(call);
        }
        vm_wake(thread, call);
    }
}

/* The caller has joined the queue and given its lock back. Returns whether it was let
   go. */
static bool await_signal(lks_cond_t *cond, const uint64_t *until, struct vm_call call)
{
    if (until != NULL && !vm_await_wake_until(*until, call) && leave(cond, call)) {
        return false;
    }
    vm_await_wake(call);
    return true;
}

/* What the caller holds: another lock, or with NULL for its functions a mutex. */
struct held {
    lks_mutex_t *mutex;
    void (*give)(void *lock), (*take)(void *lock);
    void *lock;
};

/* With no deadline, as long as it takes. */
static int wait(lks_cond_t *cond, const struct held *held,
                const struct timespec *deadline, struct vm_call call)
{
    uint64_t until = 0;
    if (deadline != NULL) {
        vm_plain(deadline, sizeof *deadline, false, call.site);
        if (!is_instant(deadline)) {
            return EINVAL;
        }
        until = vm_instant(CLOCK_MONOTONIC, deadline);
    }
    join_queue(cond, call);
    if (held->give == NULL) {
        give(held->mutex, call);
    } else {
        held->give(held->lock);
    }
    bool in_time = await_signal(cond, deadline != NULL ? &until : NULL, call);
    if (held->take == NULL) {
        take_waiting(held->mutex, call);
    } else {
        held->take(held->lock);
    }
    return in_time ? 0 : vm_time_out(until);
}

void lks_trusted_cond_wait(lks_cond_t *cond, lks_mutex_t *mutex)
{
    (void)wait(cond, &(struct held){.mutex = mutex}, NULL, VM_CALL("lks_cond_wait"));
}

int lks_trusted_cond_timedwait(lks_cond_t *cond, lks_mutex_t *mutex,
                               const struct timespec *deadline)
{
    return wait(cond, &(struct held){.mutex = mutex}, deadline,
                VM_CALL("lks_cond_timedwait"));
}

void lks_trusted_cond_wait_with(lks_cond_t *cond, void (*give_lock)(void *lock),
                                void (*take_lock)(void *lock), void *lock)
{
    (void)wait(cond, &(struct held){NULL, give_lock, take_lock, lock}, NULL,
               VM_CALL("lks_cond_wait_with"));
}

int lks_trusted_cond_timedwait_with(lks_cond_t *cond, void (*give_lock)(void *lock),
                                    void (*take_lock)(void *lock), void *lock,
                                    const struct timespec *deadline)
{
    return wait(cond, &(struct held){NULL, give_lock, take_lock, lock}, deadline,
                VM_CALL("lks_cond_timedwait_with"));
}

void lks_trusted_cond_signal(lks_cond_t *cond)
{
    struct vm_call call = VM_CALL("lks_cond_signal");
    for (uint64_t queue = read_queue(cond, VM_RELAXED, call), found; queue != 0;
         queue = found) {
        found = change_queue(cond, queue, queue >> BITS, VM_RELAXED, call);
        if (found == queue) {
            let_go((unsigned)(queue & 0xff) - 1, call);
            return;
        }
    }
}

void lks_trusted_cond_broadcast(lks_cond_t *cond)
{
    struct vm_call call = VM_CALL("lks_cond_broadcast");
    if (read_queue(cond, VM_ACQUIRE, call) == 0) {
        return;
    }
    uint64_t queue = vm_atomic(VM_EXCHANGE, queue_of(cond), sizeof queue, 0, VM_ACQUIRE,
                               call.name, call.site);
    for (; queue != 0; queue >>= BITS) {
        let_go((unsigned)(queue & 0xff) - 1, call);
    }
}

/* --- once --------------------------------------------------------------------------- */

/* Returns whether it has been done, by this call or another one. */
static bool once(lks_once_t *object, void (*function)(void *), bool (*attempt)(void *),
                 void *argument, struct vm_call call)
{
    void *word = &object->state;
    for (;;) {
        switch (vm_compare(word, sizeof(uint32_t), LKS_ONCE_FRESH, LKS_ONCE_RUNNING,
                           VM_ACQUIRE, VM_ACQUIRE, call)) {
        case LKS_ONCE_FRESH: {
            bool done = true;
            if (function != NULL) {
                function(argument);
            } else {
                done = attempt(argument);
            }
            vm_write(word, sizeof(uint32_t), done ? LKS_ONCE_DONE : LKS_ONCE_FRESH,
                     VM_RELEASE, call);
            return done;
        }
        case LKS_ONCE_DONE:
            return true;
        default:
            vm_await_failed(call);
        }
    }
}

void lks_trusted_once_call(lks_once_t *object, void (*function)(void *), void *argument)
{
    (void)once(object, function, NULL, argument, VM_CALL("lks_once_call"));
}

bool lks_trusted_once_try(lks_once_t *object, bool (*attempt)(void *), void *argument)
{
    return once(object, NULL, attempt, argument, VM_CALL("lks_once_try"));
}

/* --- semaphore ---------------------------------------------------------------------- */

/* The value; a post that one waits for is one that it takes later. */
static bool take_one(void *object, struct vm_call call)
{
    lks_sem_t *sem = object;
    for (uint64_t value = 1, found; value != 0; value = found) {
        found = vm_compare(&sem->value, sizeof(uint32_t), value, value - 1, VM_ACQUIRE,
                           VM_RELAXED, call);
        if (found == value) {
            return true;
        }
    }
    return false;
}

VM_NOTED("lks_trusted_sem_trywait")
bool lks_trusted_sem_trywait_noted(lks_sem_t *sem)
{
    return take_one(sem, VM_CALL("lks_sem_trywait"));
}

void lks_trusted_sem_wait(lks_sem_t *sem)
{
    struct vm_call call = VM_CALL("lks_sem_wait");
    while (!take_one(sem, call)) {
        vm_await_failed(call);
    }
}

int lks_trusted_sem_timedwait(lks_sem_t *sem, const struct timespec *deadline)
{
    return try_until(take_one, sem, deadline, VM_CALL("lks_sem_timedwait"));
}

int lks_trusted_sem_post(lks_sem_t *sem)
{
    struct vm_call call = VM_CALL("lks_sem_post");
    for (uint64_t value = 0, found; value != LKS_SEM_MOST; value = found) {
        found = vm_compare(&sem->value, sizeof(uint32_t), value, value + 1, VM_RELEASE,
                           VM_RELAXED, call);
        if (found == value) {
            return 0;
        }
    }
    return EOVERFLOW;
}

/* --- reader-writer mutex ------------------------------------------------------------ */

/*
 * `entered` is the number of readers inside, or WRITER; `left` that of writers that wait,
 * which keep readers out (relaxed: waiting makes nothing visible). A writer that waits,
 * and lets a reader pass, is here one that has not begun to wait.
 */
static const uint64_t WRITER = UINT32_MAX;

static bool enter_reading(lks_rwmutex_t *lock, struct vm_call call)
{
    if (vm_read(&lock->left, sizeof(uint32_t), VM_RELAXED, call) > 0) {
        return false;
    }
    for (uint64_t readers = 0, found; readers != WRITER; readers = found) {
        found = vm_compare(&lock->entered, sizeof(uint32_t), readers, readers + 1,
                           VM_ACQUIRE, VM_RELAXED, call);
        if (found == readers) {
            return true;
        }
    }
    return false;
}

static bool enter_writing(lks_rwmutex_t *lock, struct vm_call call)
{
    return vm_compare(&lock->entered, sizeof(uint32_t), 0, WRITER, VM_ACQUIRE, VM_RELAXED,
                      call) == 0;
}

static void leave_writing(lks_rwmutex_t *lock, uint64_t readers, struct vm_call call)
{
    if (vm_compare(&lock->entered, sizeof(uint32_t), WRITER, readers, VM_RELEASE,
                   VM_RELAXED, call) != WRITER) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a lock that no writer has locked",
                         call.name);
    }
}

void lks_trusted_rwmutex_rdlock(lks_rwmutex_t *lock)
{
    struct vm_call call = VM_CALL("lks_rwmutex_rdlock");
    while (!enter_reading(lock, call)) {
        vm_await_failed(call);
    }
}

VM_NOTED("lks_trusted_rwmutex_tryrdlock")
bool lks_trusted_rwmutex_tryrdlock_noted(lks_rwmutex_t *lock)
{
    return enter_reading(lock, VM_CALL("lks_rwmutex_tryrdlock"));
}

static bool try_to_read(void *lock, struct vm_call call)
{
    return enter_reading(lock, call);
}

int lks_trusted_rwmutex_timedrdlock(lks_rwmutex_t *lock, const struct timespec *deadline)
{
    return try_until(try_to_read, lock, deadline, VM_CALL("lks_rwmutex_timedrdlock"));
}

void lks_trusted_rwmutex_rdunlock(lks_rwmutex_t *lock)
{
    struct vm_call call = VM_CALL("lks_rwmutex_rdunlock");
    uint64_t readers = vm_atomic(VM_SUB, &lock->entered, sizeof(uint32_t), 1, VM_RELEASE,
                                 call.name, call.site);
    if (readers == 0 || readers == WRITER) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a lock that no reader has locked",
                         call.name);
    }
}

VM_NOTED("lks_trusted_rwmutex_trywrlock")
bool lks_trusted_rwmutex_trywrlock_noted(lks_rwmutex_t *lock)
{
    return enter_writing(lock, VM_CALL("lks_rwmutex_trywrlock"));
}

static void count_waiting(enum vm_kind add, lks_rwmutex_t *lock, struct vm_call call)
{
    (void)vm_atomic(add, &lock->left, sizeof(uint32_t), 1, VM_RELAXED, call.name,
                    call.site);
}

void lks_trusted_rwmutex_wrlock(lks_rwmutex_t *lock)
{
    struct vm_call call = VM_CALL("lks_rwmutex_wrlock");
    if (enter_writing(lock, call)) {
        return;
    }
    count_waiting(VM_ADD, lock, call);
    while (!enter_writing(lock, call)) {
        vm_await_failed(call);
    }
    count_waiting(VM_SUB, lock, call);
}

static bool try_to_write(void *lock, struct vm_call call)
{
    return enter_writing(lock, call);
}

int lks_trusted_rwmutex_timedwrlock(lks_rwmutex_t *lock, const struct timespec *deadline)
{
    struct vm_call call = VM_CALL("lks_rwmutex_timedwrlock");
    if (enter_writing(lock, call)) {
        return 0;
    }
    count_waiting(VM_ADD, lock, call);
    int error = try_until(try_to_write, lock, deadline, call);
    count_waiting(VM_SUB, lock, call);
    return error;
}

void lks_trusted_rwmutex_wrunlock(lks_rwmutex_t *lock)
{
    leave_writing(lock, 0, VM_CALL("lks_rwmutex_wrunlock"));
}

void lks_trusted_rwmutex_downgrade(lks_rwmutex_t *lock)
{
    leave_writing(lock, 1, VM_CALL("lks_rwmutex_downgrade"));
}

bool lks_trusted_rwmutex_is_locked(const lks_rwmutex_t *lock)
{
    return vm_read((void *)(uintptr_t)&lock->entered, sizeof(uint32_t), VM_RELAXED,
                   VM_CALL("lks_rwmutex_is_locked")) != 0;
}

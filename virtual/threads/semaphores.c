/* SPDX-License-Identifier: MIT */
/* Semaphores: the first word of a sem_t is the count, the second says that it has been
   initialized, or destroyed. */
#include "virtual/executions.h"
#include "virtual/threads/cancellation.h"
#include "virtual/threads/clock.h"
#include "virtual/threads/threads.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <stdarg.h>
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

static void initialize(sem_t *semaphore, unsigned value, const void *site)
{
    vm_plain(words(semaphore), sizeof(uint32_t), true, site);
    memset(semaphore, 0, sizeof *semaphore);
    words(semaphore)[0] = value;
    words(semaphore)[1] = INITIALIZED;
}

int __wrap_sem_init(sem_t *semaphore, int shared, unsigned value)
{
    (void)shared;
    if (value > SEM_VALUE_MAX) {
        return fail(EINVAL);
    }
    initialize(semaphore, value, __builtin_return_address(0));
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
    vm_cancellation_point(call);
    while (!try_take(semaphore, call)) {
        vm_await_failed(call);
        vm_cancellation_point(call);
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
    vm_cancellation_point(call);
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

/* --- with names --------------------------------------------------------------------- */

/* An execution begins without any. What a name stands for depends on who came before, so
   that is for main alone. */
enum { NAMED = 64 };
static struct named {
    char name[NAME_MAX]; /* empty: unlinked */
    sem_t *semaphore;    /* on the program's heap while it is open, or NULL */
    unsigned opened;     /* times */
    unsigned value;      /* while it is closed */
} named[NAMED];
static size_t named_count;

void vm_reset_semaphores(void)
{
    named_count = 0;
}

static void main_alone(struct vm_call call)
{
    if (vm_self() != 0) {
        instrument_refuse(call.site, "%s outside of main's thread: use sem_init",
                          call.name);
    }
}

static struct named *find(const char *name, struct vm_call call)
{
    vm_plain(name, strlen(name) + 1, false, call.site);
    name += strspn(name, "/");
    for (size_t i = 0; i < named_count; i++) {
        if (*name != '\0' && strcmp(named[i].name, name) == 0) {
            return &named[i];
        }
    }
    return NULL;
}

static struct named *add(const char *name, unsigned value, struct vm_call call)
{
    name += strspn(name, "/");
    if (*name == '\0' || value > SEM_VALUE_MAX || strlen(name) >= NAME_MAX) {
        vm_set_error(EINVAL);
        return NULL;
    }
    if (named_count == NAMED) {
        instrument_refuse(call.site, "more than %d semaphores with names", NAMED);
    }
    struct named *new = &named[named_count++];
    *new = (struct named){.value = value};
    memcpy(new->name, name, strlen(name) + 1);
    return new;
}

sem_t *__wrap_sem_open(const char *name, int flags, ...)
{
    struct vm_call call = VM_CALL("sem_open");
    main_alone(call);
    struct named *found = find(name, call);
    if (found != NULL && (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) {
        vm_set_error(EEXIST);
        return SEM_FAILED;
    }
    if (found == NULL && (flags & O_CREAT) == 0) {
        vm_set_error(ENOENT);
        return SEM_FAILED;
    }
    if (found == NULL) {
        va_list arguments;
        va_start(arguments, flags);
        (void)va_arg(arguments, mode_t);
        found = add(name, va_arg(arguments, unsigned), call);
        va_end(arguments);
    }
    if (found != NULL && found->opened == 0) {
        found->semaphore = vm_allocate(sizeof(sem_t), 1, true, call.site);
        if (found->semaphore != NULL) {
            initialize(found->semaphore, found->value, call.site);
        }
    }
    if (found == NULL || found->semaphore == NULL) {
        return SEM_FAILED;
    }
    found->opened++;
    return found->semaphore;
}

int __wrap_sem_close(sem_t *semaphore)
{
    struct vm_call call = VM_CALL("sem_close");
    main_alone(call);
    struct named *found = named, *end = named + named_count;
    while (found < end && (found->opened == 0 || found->semaphore != semaphore)) {
        found++;
    }
    if (found == end) {
        return fail(EINVAL);
    }
    if (--found->opened == 0) {
        found->value = (unsigned)vm_read(count_of(semaphore, call), sizeof(uint32_t),
                                         VM_RELAXED, call);
        vm_free(semaphore, call.site);
    }
    return 0;
}

int __wrap_sem_unlink(const char *name)
{
    struct vm_call call = VM_CALL("sem_unlink");
    main_alone(call);
    struct named *found = find(name, call);
    if (found == NULL) {
        return fail(ENOENT);
    }
    found->name[0] = '\0';
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Cancelling threads. That writes into a word of the thread's, and orders nothing. The
 * thread looks at it where POSIX has a cancellation point, and ends as by
 * pthread_exit if it finds it written; a wait looks at it in each try.
 */
#include "virtual/threads/cancellation.h"
#include "virtual/threads/clock.h"

#include <errno.h>

bool vm_has_cancel, vm_has_cxx;

/* Threads that go on in each other's places have different marks. */
static uint64_t mark_of(const struct vm_thread *thread)
{
    return (uint64_t)thread->lives + 1;
}

bool vm_is_cancelled(struct vm_call call)
{
    struct vm_thread *self = vm_thread();
    if (!vm_has_cancel || self->uncancellable || vm_self() == VM_NOBODY) {
        vm_registers.stack = NULL; /* they may have been noted for this */
        return false;
    }
    return vm_read(&self->cancelled, sizeof self->cancelled, VM_RELAXED, call) ==
           mark_of(self);
}

_Noreturn void vm_end_cancelled(void)
{
    vm_thread_exit(PTHREAD_CANCELED);
}

void vm_cancellation_point(struct vm_call call)
{
    if (vm_is_cancelled(call)) {
        vm_end_cancelled();
    }
}

void vm_possible_cancellation_point(const char *name, const void *site)
{
    if (vm_has_cancel && vm_is_cancelled((struct vm_call){.name = name, .site = site}) &&
        instrument_choose(2, "whether it ends, cancelled", site) == 1) {
        vm_end_cancelled();
    }
}

int __wrap_pthread_cancel(pthread_t name)
{
    struct vm_call call = VM_CALL("pthread_cancel");
    if (vm_has_cxx || vm_in_time()) {
        instrument_refuse(call.site, "pthread_cancel %s: let the thread look at a flag",
                          vm_in_time() ? "here" : "in C++");
    }
    if (name == 1) {
        instrument_refuse(call.site, "pthread_cancel of main's thread");
    }
    struct vm_thread *thread = &vm_threads[(name - 1) % VM_PROCESSORS];
    if (name - 1 >= VM_PROCESSORS || !thread->started || thread->joined) {
        instrument_wrong(VM_MISUSE, call.site, "pthread_cancel of %s",
                         name - 1 < VM_PROCESSORS && thread->started
                             ? "a thread that has been joined"
                             : "what is no thread");
    }
    vm_write(&thread->cancelled, sizeof thread->cancelled, mark_of(thread), VM_RELAXED,
             call);
    return 0;
}

int __wrap_pthread_setcancelstate(int state, int *old)
{
    struct vm_thread *self = vm_thread();
    if (state != PTHREAD_CANCEL_ENABLE && state != PTHREAD_CANCEL_DISABLE) {
        return EINVAL;
    }
    if (old != NULL) {
        vm_plain(old, sizeof *old, true, __builtin_return_address(0));
        *old = self->uncancellable ? PTHREAD_CANCEL_DISABLE : PTHREAD_CANCEL_ENABLE;
    }
    self->uncancellable = state == PTHREAD_CANCEL_DISABLE;
    return 0;
}

int __wrap_pthread_setcanceltype(int type, int *old)
{
    struct vm_thread *self = vm_thread();
    if (type != PTHREAD_CANCEL_DEFERRED && type != PTHREAD_CANCEL_ASYNCHRONOUS) {
        return EINVAL;
    }
    if (vm_has_cancel && type == PTHREAD_CANCEL_ASYNCHRONOUS) {
        instrument_refuse(__builtin_return_address(0),
                          "a thread that may be cancelled anywhere: leave its type "
                          "deferred");
    }
    if (old != NULL) {
        vm_plain(old, sizeof *old, true, __builtin_return_address(0));
        *old = self->cancelled_anywhere ? PTHREAD_CANCEL_ASYNCHRONOUS
                                        : PTHREAD_CANCEL_DEFERRED;
    }
    self->cancelled_anywhere = type == PTHREAD_CANCEL_ASYNCHRONOUS;
    return 0;
}

VM_NOTED("__wrap_pthread_testcancel")
void __wrap_pthread_testcancel_noted(void)
{
    vm_cancellation_point((struct vm_call){.name = "pthread_testcancel",
                                           .site = __builtin_return_address(0)});
}

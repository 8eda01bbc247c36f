/* SPDX-License-Identifier: MIT */
/* Threads: their beginning and end, and pthreads' names for that. */
#include "virtual/threads/threads.h"
#include "virtual/executions.h"
#include "virtual/threads/cancellation.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>

/* How each thread of this execution starts, in the order of their creation. */
static struct vm_start starts[VM_PROCESSORS];
static unsigned starts_count;

void vm_reset_starts(void)
{
    starts_count = 0;
}

/* --- beginning and end -------------------------------------------------------------- */

static _Noreturn void finish(void *result)
{
    (void)vm_called(NULL);
    vm_thread()->uncancellable = true;
    vm_thread()->result = result;
    vm_destroy_thread_locals();
    vm_destroy_values();
    instrument_exit();
}

__attribute__((noinline)) static void *call_routine(const struct vm_start *start)
{
    VM_PROGRAM_BEGINS();
    return start->c11_routine == NULL
               ? start->routine(start->argument)
               : (void *)(intptr_t)start->c11_routine(start->argument);
}

static void run(void *argument)
{
    const struct vm_start *start = argument;
    struct vm_thread *self = vm_thread();
    self->started = true;
    self->detached = self->detached || start->detached;
    (void)(vm_floating && fesetenv(&start->floating)); /* its creator's */
    finish(call_routine(start));
}

/* Another thread goes on in the place of one that has been joined. What other threads may
   use stays: the keys that it has created. */
static void begin_again(struct vm_thread *thread)
{
    thread->started = thread->detached = thread->joined = thread->task = false;
    thread->has_thread_locals = thread->looked = thread->has_floating = false;
    thread->uncancellable = thread->cancelled_anywhere = false;
    thread->lives++;
    thread->result = NULL;
    thread->error = thread->native_error = 0;
    memset((void *)thread->exceptions, 0, sizeof thread->exceptions);
    memset((void *)thread->callable, 0, sizeof thread->callable);
    thread->slept = thread->random = 0;
    thread->values_count = thread->destructors_count = thread->readings_count = 0;
}

/* The number of the first start that is like this one. Where threads are cancelled, none
   is like another one. */
static unsigned kind_of(const struct vm_start *start)
{
    unsigned kind = vm_has_cancel ? starts_count : 0;
    while (kind < starts_count && (starts[kind].routine != start->routine ||
                                   starts[kind].c11_routine != start->c11_routine ||
                                   starts[kind].argument != start->argument ||
                                   starts[kind].detached != start->detached ||
                                   memcmp(&starts[kind].floating, &start->floating,
                                          sizeof start->floating) != 0)) {
        kind++;
    }
    return kind;
}

pthread_t vm_thread_create(const struct vm_start *start, struct vm_call call)
{
    if (vm_self() == VM_NOBODY) {
        instrument_refuse(call.site, "%s before main: start threads from main",
                          call.name);
    }
    if (starts_count == VM_PROCESSORS) {
        instrument_refuse(call.site, "more than %d threads", VM_PROCESSORS);
    }
    struct vm_start *own = &starts[starts_count];
    *own = *start;
    (void)(vm_floating && fegetenv(&own->floating));
    unsigned kind = kind_of(own);
    starts_count++;
    unsigned processor = instrument_create(run, own, kind, VM_NOBODY, call.site);
    vm_use_thread(processor);
    if (vm_threads[processor].joined) {
        begin_again(&vm_threads[processor]);
    }
    vm_threads[processor].started = true; /* here too: it may not have run yet */
    vm_threads[processor].detached |= start->detached;
    vm_threads[processor].blocked = vm_thread()->blocked;
    return processor + 1;
}

/* The thread of that name, which is neither detached nor joined. */
static struct vm_thread *joinable(pthread_t name, struct vm_call call)
{
    struct vm_thread *thread = &vm_threads[(name - 1) % VM_PROCESSORS];
    if (name - 1 >= VM_PROCESSORS || (name != 1 && !thread->started)) {
        instrument_wrong(VM_MISUSE, call.site, "%s of what is no thread", call.name);
    }
    if (thread->detached) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a thread that is detached",
                         call.name);
    }
    if (thread->joined) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a thread that has been joined",
                         call.name);
    }
    return thread;
}

int vm_thread_join(pthread_t name, void **result, struct vm_call call)
{
    if (name == vm_thread_mark()) {
        return EDEADLK;
    }
    vm_cancellation_point(call);
    if (vm_has_cancel && vm_self() > 0 && !vm_thread()->uncancellable) {
        instrument_refuse(call.site, "%s in a thread that may be cancelled", call.name);
    }
    struct vm_thread *thread = joinable(name, call);
    thread->joined = true;
    instrument_join((unsigned)(name - 1), call.site);
    if (result != NULL) {
        instrument_look_at_result((unsigned)(name - 1));
        *result = thread->result;
    }
    return 0;
}

int vm_thread_detach(pthread_t name, struct vm_call call)
{
    joinable(name, call)->detached = true;
    return 0;
}

static _Unwind_Reason_Code leave_frame(int version, _Unwind_Action actions,
                                       _Unwind_Exception_Class class,
                                       struct _Unwind_Exception *exit,
                                       struct _Unwind_Context *context, void *result)
{
    (void)version, (void)class, (void)exit, (void)context;
    if (actions & _UA_END_OF_STACK) {
        finish(result);
    }
    return _URC_NO_REASON;
}

/* Runs the destructors of the objects on the stack, as libc does. */
_Noreturn void vm_thread_exit(void *result)
{
    (void)vm_called(NULL);
    struct vm_thread *self = vm_thread();
    self->uncancellable = true;
    memset(&self->exit, 0, sizeof self->exit);
    _Unwind_ForcedUnwind(&self->exit, leave_frame, result);
    finish(result); /* the stack cannot be unwound */
}

/* --- pthreads ----------------------------------------------------------------------- */

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*routine)(void *), void *argument)
{
    struct vm_call call = VM_CALL("pthread_create");
    int state = PTHREAD_CREATE_JOINABLE;
    if (attributes != NULL) {
        vm_plain(attributes, sizeof *attributes, false, call.site);
        (void)pthread_attr_getdetachstate(attributes, &state);
    }
    pthread_t made =
        vm_thread_create(&(struct vm_start){.routine = routine,
                                            .argument = argument,
                                            .detached = state == PTHREAD_CREATE_DETACHED},
                         call);
    vm_plain(thread, sizeof *thread, true, call.site);
    *thread = made;
    return 0;
}

int __wrap_pthread_join(pthread_t thread, void **result)
{
    struct vm_call call = VM_CALL("pthread_join");
    void *got;
    int error = vm_thread_join(thread, result == NULL ? NULL : &got, call);
    if (error == 0 && result != NULL) {
        vm_plain((void *)result, sizeof *result, true, call.site);
        *result = got;
    }
    return error;
}

int __wrap_pthread_detach(pthread_t thread)
{
    return vm_thread_detach(thread, VM_CALL("pthread_detach"));
}

_Noreturn void __wrap_pthread_exit(void *result)
{
    vm_thread_exit(result);
}

pthread_t __wrap_pthread_self(void)
{
    instrument_know_oneself();
    return vm_thread_mark();
}

int __wrap_pthread_equal(pthread_t one, pthread_t other)
{
    return one == other;
}

/* How a block ends that pthread_cleanup_push has begun, where it is not inlined: also by
   pthread_exit. */
void __wrap___pthread_cleanup_routine(struct __pthread_cleanup_frame *frame)
{
    vm_plain(frame, sizeof *frame, false, __builtin_return_address(0));
    if (frame->__do_it) {
        frame->__cancel_routine(frame->__cancel_arg);
    }
}

/* --- names, priorities, affinity: accepted, and of no effect ------------------------ */

int __wrap_pthread_setname_np(pthread_t thread, const char *name)
{
    (void)thread;
    vm_plain(name, strlen(name) + 1, false, __builtin_return_address(0));
    return 0;
}

int __wrap_pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t *set)
{
    (void)thread;
    vm_plain(set, size, false, __builtin_return_address(0));
    return 0;
}

static void give_all_processors(size_t size, cpu_set_t *set, const void *site)
{
    vm_plain(set, size, true, site);
    CPU_ZERO_S(size, set);
    for (size_t i = 0; i < vm_pretended_processors; i++) {
        CPU_SET_S(i, size, set);
    }
}

int __wrap_pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *set)
{
    (void)thread;
    give_all_processors(size, set, __builtin_return_address(0));
    return 0;
}

int __wrap_sched_setaffinity(int thread, size_t size, const cpu_set_t *set)
{
    (void)thread;
    vm_plain(set, size, false, __builtin_return_address(0));
    return 0;
}

int __wrap_sched_getaffinity(int thread, size_t size, cpu_set_t *set)
{
    (void)thread;
    give_all_processors(size, set, __builtin_return_address(0));
    return 0;
}

int __wrap_pthread_setschedparam(pthread_t thread, int policy,
                                 const struct sched_param *parameters)
{
    (void)thread, (void)policy;
    vm_plain(parameters, sizeof *parameters, false, __builtin_return_address(0));
    return 0;
}

int __wrap_pthread_getschedparam(pthread_t thread, int *policy,
                                 struct sched_param *parameters)
{
    (void)thread;
    vm_plain(policy, sizeof *policy, true, __builtin_return_address(0));
    vm_plain(parameters, sizeof *parameters, true, __builtin_return_address(0));
    *policy = SCHED_OTHER;
    *parameters = (struct sched_param){0};
    return 0;
}

int __wrap_pthread_setschedprio(pthread_t thread, int priority)
{
    (void)thread, (void)priority;
    return 0;
}

int __wrap_prctl(int option, const char *name)
{
    if (option != PR_SET_NAME) {
        instrument_refuse(__builtin_return_address(0),
                          "prctl: a program may only name its threads with it");
    }
    vm_plain(name, strnlen(name, 15) + 1, false, __builtin_return_address(0));
    return 0;
}

int __wrap_pthread_setconcurrency(int level)
{
    (void)level;
    return 0;
}

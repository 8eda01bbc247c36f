/* SPDX-License-Identifier: MIT */
/* Threads: beginning, end, and what all thread libraries stand on. */
#include "virtual/threads/threads.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

struct vm_thread vm_threads[VM_PROCESSORS];
static struct vm_thread main_settled; /* main's, as the constructors left it */
static unsigned used = 1;             /* threads that differ from how they began */
bool vm_unsettled = true;             /* for the first time, at least */

/* How each thread of this execution starts, in the order of their creation. */
static struct vm_start starts[VM_PROCESSORS];
static unsigned starts_count;

/* --- operations --------------------------------------------------------------------- */

void vm_plain(const void *address, size_t size, bool write, const void *site)
{
    if (vm_self() != VM_NOBODY && size > 0) {
        instrument_plain((void *)(uintptr_t)address, size, write, site);
    }
}

uint64_t vm_compare(void *address, unsigned size, uint64_t expected, uint64_t desired,
                    enum vm_order order, enum vm_order failure, struct vm_call call)
{
    if (vm_self() == VM_NOBODY) {
        uint64_t old = vm_peek(address, size);
        if (old == expected) {
            vm_poke(address, size, desired);
        }
        return old;
    }
    return instrument_atomic(&(struct vm_operation){.kind = VM_CAS,
                                                    .order = order,
                                                    .failure = failure,
                                                    .size = size,
                                                    .address = address,
                                                    .operand = desired,
                                                    .expected = expected,
                                                    .name = call.name,
                                                    .site = call.site});
}

void vm_await_failed(struct vm_call call)
{
    if (vm_self() == VM_NOBODY) {
        instrument_refuse(call.site, "%s before main would wait for ever", call.name);
    }
    instrument_await_failed(call.site);
}

/* --- executions --------------------------------------------------------------------- */

static void use(unsigned processor)
{
    if (processor >= used) {
        used = processor + 1;
    }
}

void vm_settle(void)
{
    vm_settle_memory();
    vm_settle_thread_locals();
    vm_settle_exit();
    vm_settle_membarrier();
    vm_settle_cxx();
    main_settled = vm_threads[0];
    vm_unsettled = false;
}

void vm_reset_threads(void)
{
    if (vm_unsettled) {
        vm_settle();
    }
    memset(vm_threads, 0, used * sizeof vm_threads[0]);
    vm_threads[0] = main_settled;
    used = 1;
    starts_count = 0;
    vm_reset_exit();
    vm_reset_cxx();
    vm_reset_futex();
    vm_reset_membarrier();
    vm_reset_waiting();
    vm_reset_crowds();
}

void vm_switch_in(unsigned processor)
{
    if (vm_unsettled) {
        vm_settle();
    }
    use(processor);
    const struct vm_thread *thread = &vm_threads[processor];
    errno = thread->native_error;
    if (vm_cxx_exceptions != NULL) {
        memcpy((void *)vm_cxx_exceptions, (const void *)thread->exceptions,
               sizeof thread->exceptions);
    }
}

void vm_switch_out(unsigned processor)
{
    struct vm_thread *thread = &vm_threads[processor];
    thread->native_error = errno;
    if (vm_cxx_exceptions != NULL) {
        memcpy((void *)thread->exceptions, (void *)vm_cxx_exceptions,
               sizeof thread->exceptions);
    }
}

/* --- beginning and end -------------------------------------------------------------- */

static _Noreturn void finish(void *result)
{
    vm_thread()->result = result;
    vm_destroy_thread_locals();
    vm_destroy_values();
    instrument_exit();
}

static void run(void *argument)
{
    const struct vm_start *start = argument;
    struct vm_thread *self = vm_thread();
    self->started = true;
    self->detached = self->detached || start->detached;
    finish(start->c11_routine == NULL
               ? start->routine(start->argument)
               : (void *)(intptr_t)start->c11_routine(start->argument));
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
    starts[starts_count] = *start;
    unsigned processor = instrument_create(run, &starts[starts_count++], call.site);
    use(processor);
    vm_threads[processor].started = true; /* here too: it may not have run yet */
    vm_threads[processor].detached |= start->detached;
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
    struct vm_thread *thread = joinable(name, call);
    thread->joined = true;
    instrument_join((unsigned)(name - 1), call.site);
    if (result != NULL) {
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
    struct vm_thread *self = vm_thread();
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
    int error = vm_thread_join(thread, &got, call);
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
    return vm_thread_mark();
}

int __wrap_pthread_equal(pthread_t one, pthread_t other)
{
    return one == other;
}

/* --- names, priorities, affinity: accepted, and of no effect ------------------------ */

int __wrap_pthread_setname_np(pthread_t thread, const char *name)
{
    (void)thread, (void)name;
    return 0;
}

int __wrap_pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t *set)
{
    (void)thread, (void)size, (void)set;
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
    (void)thread, (void)size, (void)set;
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
    (void)thread, (void)policy, (void)parameters;
    return 0;
}

int __wrap_pthread_setconcurrency(int level)
{
    (void)level;
    return 0;
}

/* Threads are never cancelled (refused.c), so these have nothing to do. */
int __wrap_pthread_setcancelstate(int state, int *old)
{
    (void)state;
    if (old != NULL) {
        *old = PTHREAD_CANCEL_ENABLE;
    }
    return 0;
}

int __wrap_pthread_setcanceltype(int type, int *old)
{
    (void)type;
    if (old != NULL) {
        *old = PTHREAD_CANCEL_DEFERRED;
    }
    return 0;
}

void __wrap_pthread_testcancel(void)
{
}

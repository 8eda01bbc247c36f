/* SPDX-License-Identifier: MIT */
/*
 * Executions, one after the other: each begins where the program's constructors have left
 * things. This is the roof: it knows all files that keep something, and none knows it.
 */
#include "virtual/executions.h"
#include "virtual/ground/thread.h"
#include "virtual/threads/libstdcxx.h"

#include <errno.h>
#include <string.h>

static void settle(void)
{
    vm_settle_heap();
    vm_settle_thread_locals();
    vm_settle_exit();
    vm_settle_membarrier();
    vm_settle_cxx();
    vm_settle_openmp();
    vm_settle_threads();
    vm_unsettled = false;
}

void vm_reset(void)
{
    vm_reset_kept();
    vm_reset_heap();
    if (vm_unsettled) {
        settle();
    }
    vm_reset_threads();
    vm_reset_starts();
    vm_reset_exit();
    vm_reset_cxx();
    vm_reset_futex();
    vm_reset_membarrier();
    vm_reset_wait();
    vm_reset_openmp();
    vm_reset_tasks();
    vm_reset_crowds();
    vm_reset_environment();
    vm_reset_streams();
    vm_reset_input();
    vm_reset_signals();
    vm_reset_patterns();
    vm_reset_section();
    vm_reset_stream_locks();
    vm_reset_semaphores();
}

/* --- whose an address is ------------------------------------------------------------ */

static int stack_owner(const void *address, size_t *place)
{
    int owner = vm_stack_owner(address);
    if (owner != VM_NOBODY) {
        *place = (uintptr_t)address - (uintptr_t)vm_stack((unsigned)owner).low;
    }
    return owner;
}

static int kept_owner(const void *address, size_t *place)
{
    size_t offset = (uintptr_t)address - (uintptr_t)vm_threads;
    *place = offset % sizeof *vm_threads;
    return offset < sizeof vm_threads ? (int)(offset / sizeof *vm_threads) : VM_NOBODY;
}

int vm_owner(const void *address, size_t *place)
{
    static int (*const owners[])(const void *, size_t *) = {
        stack_owner, vm_heap_owner, vm_thread_local_owner, kept_owner};
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        int owner = owners[i](address, place);
        if (owner != VM_NOBODY) {
            *place |= i << 40;
            return owner;
        }
    }
    return VM_NOBODY;
}

/* --- running ------------------------------------------------------------------------ */

static fenv_t own_floating;

/* What is one for the whole process, but belongs to a thread, changes hands when another
   one runs: errno, exceptions in flight, the floating-point environment. */
static void switch_in(unsigned processor)
{
    vm_use_thread(processor);
    const struct vm_thread *thread = &vm_threads[processor];
    errno = thread->native_error;
    if (vm_cxx_exceptions != NULL) {
        memcpy((void *)vm_cxx_exceptions, (const void *)thread->exceptions,
               sizeof thread->exceptions);
    }
    if (vm_floating) {
        (void)fegetenv(&own_floating);
        (void)fesetenv(thread->has_floating ? &thread->floating : FE_DFL_ENV);
    }
}

static void switch_out(unsigned processor)
{
    struct vm_thread *thread = &vm_threads[processor];
    if (vm_floating) {
        thread->has_floating = fegetenv(&thread->floating) == 0;
        (void)fesetenv(&own_floating);
    }
    thread->native_error = errno;
    if (vm_cxx_exceptions != NULL) {
        memcpy((void *)thread->exceptions, (void *)vm_cxx_exceptions,
               sizeof thread->exceptions);
    }
}

void vm_run(unsigned processor)
{
    if (vm_unsettled) {
        settle();
    }
    switch_in(processor);
    vm_enter(processor);
    switch_out(processor);
}

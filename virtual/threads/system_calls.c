/* SPDX-License-Identifier: MIT */
/* syscall(2): the few calls by number that there are here. */
#include "virtual/threads/threads.h"

#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

VM_NOTED("__wrap_syscall")
long __wrap_syscall_noted(long number, ...)
{
    struct vm_call call = VM_CALL("syscall");
    long arguments[6];
    va_list rest;
    va_start(rest, number);
    for (int i = 0; i < 6; i++) {
        arguments[i] = va_arg(rest, long);
    }
    va_end(rest);
    switch (number) {
    case SYS_futex:
        return vm_futex_call(arguments, call);
    case SYS_membarrier:
        return vm_membarrier_call(arguments, call);
    case SYS_gettid:
        instrument_know_oneself();
        return (long)vm_thread_mark();
    case SYS_sched_yield:
        if (vm_self() != VM_NOBODY) {
            instrument_yield(call.site);
        }
        return 0;
    default:
        instrument_refuse(call.site, "system call %ld: it is not part of the program",
                          number);
    }
}

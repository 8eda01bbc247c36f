/* SPDX-License-Identifier: MIT */
/* What a program can ask about the machine: most answers are the same everywhere. */
#include "virtual/ground/thread.h"
#include "virtual/instrument.h"
#include "virtual/threads/clock.h"

#include <sys/types.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { PROCESS = 1 };

unsigned vm_pretended_processors = 4;

int __wrap_uname(struct utsname *name)
{
    vm_plain(name, sizeof *name, true, __builtin_return_address(0));
    return uname(name);
}

long __wrap_sysconf(int name)
{
    if (name == _SC_NPROCESSORS_CONF || name == _SC_NPROCESSORS_ONLN) {
        return (long)vm_pretended_processors;
    }
    return sysconf(name);
}

int __wrap_get_nprocs(void)
{
    return (int)vm_pretended_processors;
}

int __wrap_get_nprocs_conf(void)
{
    return (int)vm_pretended_processors;
}

int __wrap_sched_getcpu(void)
{
    instrument_know_oneself();
    unsigned own = vm_thread_number() % vm_pretended_processors;
    if (vm_in_time() || own == 0) {
        return (int)own;
    }
    /* A processor of its own, or the one that all others may be on too. */
    const void *site = __builtin_return_address(0);
    return instrument_choose(2, "which processor it runs on", site) == 0 ? (int)own : 0;
}

pid_t __wrap_getpid(void)
{
    return PROCESS;
}

pid_t __wrap_gettid(void)
{
    instrument_know_oneself();
    return (pid_t)(PROCESS + vm_thread_number()); /* main's is the process's */
}

/* SPDX-License-Identifier: MIT */
/* What a program can ask about the machine: most answers are the same everywhere. */
#include "virtual/ground/thread.h"
#include "virtual/instrument.h"
#include "virtual/threads/clock.h"

#include <sys/resource.h>
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

int __wrap_gethostname(char *name, size_t size)
{
    vm_plain(name, size, true, __builtin_return_address(0));
    int result = gethostname(name, size);
    vm_take_error();
    return result;
}

#define LIMIT(name)                                                                      \
    int __wrap_get##name(int resource, struct name *limit)                               \
    {                                                                                    \
        vm_plain(limit, sizeof *limit, true, __builtin_return_address(0));               \
        int result = get##name((__rlimit_resource_t)resource, limit);                    \
        vm_take_error();                                                                 \
        return result;                                                                   \
    }
LIMIT(rlimit)
LIMIT(rlimit64)

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

static int processor(const void *site)
{
    instrument_know_oneself();
    unsigned own = vm_thread_number() % vm_pretended_processors;
    if (vm_in_time() || own == 0) {
        return (int)own;
    }
    /* A processor of its own, or the one that all others may be on too. */
    return instrument_choose(2, "which processor it runs on", site) == 0 ? (int)own : 0;
}

int __wrap_sched_getcpu(void)
{
    return processor(__builtin_return_address(0));
}

int __wrap_getcpu(unsigned *number, unsigned *node)
{
    const void *site = __builtin_return_address(0);
    if (number != NULL) {
        vm_plain(number, sizeof *number, true, site);
        *number = (unsigned)processor(site);
    }
    if (node != NULL) {
        vm_plain(node, sizeof *node, true, site);
        *node = 0;
    }
    return 0;
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

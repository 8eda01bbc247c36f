/* SPDX-License-Identifier: MIT */
/* Sets of signals, and those that a thread blocks. None ever comes. */
#include "virtual/library/library.h"

#include <errno.h>
#include <signal.h>

#define WHOLE(name)                                                                      \
    int __wrap_##name(sigset_t *set)                                                     \
    {                                                                                    \
        writes(set, sizeof *set, SITE);                                                  \
        return name(set);                                                                \
    }
WHOLE(sigemptyset)
WHOLE(sigfillset)

int __wrap_sigpending(sigset_t *set)
{
    writes(set, sizeof *set, SITE);
    return sigemptyset(set);
}

static int with_error(int result)
{
    vm_take_error();
    return result;
}

#define CHANGE(name)                                                                     \
    int __wrap_##name(sigset_t *set, int number)                                         \
    {                                                                                    \
        reads(set, sizeof *set, SITE);                                                   \
        writes(set, sizeof *set, SITE);                                                  \
        return with_error(name(set, number));                                            \
    }
CHANGE(sigaddset)
CHANGE(sigdelset)

int __wrap_sigismember(const sigset_t *set, int number)
{
    reads(set, sizeof *set, SITE);
    return with_error(sigismember(set, number));
}

/* --- what a thread blocks ----------------------------------------------------------- */

static int change(int how, const sigset_t *set, sigset_t *old, const void *site)
{
    uint64_t *blocked = &vm_thread()->blocked, before = *blocked, given;
    (void)vm_called(site);
    if (set != NULL) {
        reads(set, sizeof *set, site);
        memcpy(&given, set, sizeof given);
        given &= ~(UINT64_C(1) << (SIGKILL - 1) | UINT64_C(1) << (SIGSTOP - 1));
        if (how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK) {
            return EINVAL;
        }
        *blocked = how == SIG_BLOCK     ? before | given
                   : how == SIG_UNBLOCK ? before & ~given
                                        : given;
        vm_note_change();
    }
    if (old != NULL) {
        writes(old, sizeof *old, site);
        (void)sigemptyset(old);
        memcpy(old, &before, sizeof before);
    }
    return 0;
}

int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
    return change(how, set, old, SITE);
}

int __wrap_sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    int error = change(how, set, old, SITE);
    if (error != 0) {
        vm_set_error(error);
    }
    return error == 0 ? 0 : -1;
}

/* SPDX-License-Identifier: MIT */
/* Sets of signals, those that a thread blocks, and handlers. None ever comes. */
#include "virtual/executions.h"
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

/* --- what is to be done with them --------------------------------------------------- */

/* As main has set it; and the signals that other threads have set something for: what
   that was before depends on which of them came first. */
static struct sigaction actions[_NSIG];
static uint64_t set_by_others;
static bool was_set;

void vm_reset_signals(void)
{
    if (was_set) {
        memset(actions, 0, sizeof actions);
        set_by_others = 0;
        was_set = false;
    }
}

static int act(int number, const struct sigaction *action, struct sigaction *old,
               struct vm_call call)
{
    if (number < 1 || number >= _NSIG ||
        (action != NULL && (number == SIGKILL || number == SIGSTOP))) {
        vm_set_error(EINVAL);
        return -1;
    }
    uint64_t bit = UINT64_C(1) << (number - 1);
    bool main = vm_self() == 0;
    if (vm_self() == VM_NOBODY) {
        instrument_refuse(call.site, "%s in a constructor, before main", call.name);
    }
    if (old != NULL && (!main || (set_by_others & bit) != 0)) {
        instrument_refuse(call.site,
                          "%s asks what was set for a signal that several threads may "
                          "set: which comes first is not explored; let main alone do it",
                          call.name);
    }
    if (old != NULL) {
        *old = actions[number];
    }
    if (action != NULL) {
        was_set = true;
        instrument_effect();
        if (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN) {
            vm_left_open |= VM_LEFT_SIGNALS;
        }
        if (main) {
            actions[number] = *action;
        } else {
            set_by_others |= bit;
        }
    }
    return 0;
}

int __wrap_sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
    struct vm_call call = VM_CALL("sigaction");
    struct sigaction given, before;
    if (action != NULL) {
        reads(action, sizeof *action, call.site);
        given = *action;
    }
    if (old != NULL) {
        writes(old, sizeof *old, call.site);
    }
    int result =
        act(number, action == NULL ? NULL : &given, old == NULL ? NULL : &before, call);
    if (result == 0 && old != NULL) {
        *old = before;
    }
    return result;
}

#define SIGNAL(name)                                                                     \
    sighandler_t __wrap_##name(int number, sighandler_t handler)                         \
    {                                                                                    \
        struct sigaction action = {.sa_handler = handler}, old;                          \
        int result = act(number, &action, &old, VM_CALL("signal"));                      \
        return result == 0 ? old.sa_handler : SIG_ERR;                                   \
    }
SIGNAL(signal)
SIGNAL(__sysv_signal)

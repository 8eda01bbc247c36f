/* SPDX-License-Identifier: MIT */
/* Signals: what the program does wrong natively, what the user asks for, and time. */
#include "virtual/program/tool.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include "virtual/instrument.h"

/* A thread that has touched no shared memory for so long will not. */
enum { PATIENCE_SECONDS = 10 };

static struct vm_guard guard;

static const void *place_of(const void *context)
{
    const ucontext_t *interrupted = context;
#if defined(__x86_64__)
    return (const char *)(uintptr_t)interrupted->uc_mcontext.gregs[REG_RIP] + 1;
#elif defined(__aarch64__)
    return (const char *)(uintptr_t)interrupted->uc_mcontext.pc + 1;
#else
    (void)interrupted;
    return NULL;
#endif
}

static void on_crash(int signal_number, siginfo_t *info, void *context)
{
    if (vm_self() == VM_NOBODY) {
        char text[256];
        int length = snprintf(text, sizeof text,
                              "%s: crashed outside of the program's threads (in a "
                              "constructor of the program, or in %s itself)\n",
                              vm_tool, vm_tool);
        (void)!write(fileno(vm_err), text, (size_t)length);
        _exit(3);
    }
    const unsigned char *address = info->si_addr;
    struct vm_stack stack = vm_stack((unsigned)vm_self());
    const char *what = "a crash";
    if (signal_number == SIGFPE) {
        what = "a division by zero, or another impossible calculation";
    } else if (signal_number == SIGILL) {
        what = "an illegal instruction (__builtin_trap?)";
    } else if (address < stack.low && address >= stack.low - (64 << 10)) {
        what = "the stack is full: 8 MiB";
    } else {
        instrument_wrong(VM_CRASH, place_of(context),
                         "an access to invalid memory, at %p", (const void *)address);
    }
    instrument_wrong(VM_CRASH, place_of(context), "%s", what);
}

static volatile unsigned patience = PATIENCE_SECONDS;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    patience = 1;
    guard.interrupt();
}

static void on_time(int signal_number)
{
    static uint64_t last;
    static unsigned seconds;
    (void)signal_number;
    seconds = guard.steps() == last ? seconds + 1 : 0;
    last = guard.steps();
    if (seconds >= patience) {
        seconds = 0;
        guard.give_up("a thread computes without end: it has touched no shared memory "
                      "for 10 s");
    }
}

static void handle(int signal_number, void (*function)(int, siginfo_t *, void *),
                   void (*simple)(int), int flags)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    if (function != NULL) {
        action.sa_sigaction = function;
        action.sa_flags = flags | SA_SIGINFO;
    } else {
        action.sa_handler = simple;
        action.sa_flags = flags;
    }
    (void)sigemptyset(&action.sa_mask);
    struct sigaction before;
    (void)sigaction(signal_number, &action, &before);
    if (function == NULL && before.sa_handler == SIG_IGN) { /* from our start */
        (void)sigaction(signal_number, &before, NULL);
    }
}

void vm_guard_begin(const struct vm_guard *with)
{
    guard = *with;
    static unsigned char stack[64 << 10];
    (void)sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    for (unsigned i = 0; i < sizeof crashes / sizeof *crashes; i++) {
        handle(crashes[i], on_crash, NULL, SA_ONSTACK | SA_NODEFER);
    }
    handle(SIGINT, NULL, on_interrupt, SA_ONSTACK | SA_RESTART);
    handle(SIGTERM, NULL, on_interrupt, SA_ONSTACK | SA_RESTART);
    handle(SIGHUP, NULL, on_interrupt, SA_ONSTACK | SA_RESTART);
    handle(SIGVTALRM, NULL, on_time, SA_ONSTACK | SA_NODEFER | SA_RESTART);
    /* Time in which the program runs; a child of fork begins without. */
    struct itimerval second = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};
    (void)setitimer(ITIMER_VIRTUAL, &second, NULL);
}

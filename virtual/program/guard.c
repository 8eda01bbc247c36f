/* SPDX-License-Identifier: MIT */
/* Signals: what the program does wrong natively, what the user asks for, and time. */
#include "virtual/program/tool.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#include "virtual/instrument.h"
#include "virtual/program/program.h"
#include "virtual/virtual.h"

/* A thread that has touched no shared memory for so long will not. */
enum { PATIENCE_SECONDS = 10 };

static struct vm_guard guard;

/* --- looking at memory that may not be there ---------------------------------------- */

static sigjmp_buf no_memory;
static volatile bool looking;

uint64_t vm_look(const void *address, unsigned size)
{
    uint64_t value = 0;
    if (sigsetjmp(no_memory, 0) == 0) {
        looking = true;
        value = vm_peek(address, size);
    }
    looking = false;
    return value;
}

void vm_tell_if_uninitialised(uintptr_t address, const char *what, const void *site)
{
    static const struct {
        uint8_t byte;
        const char *whose;
    } patterns[] = {
        {0xa5, "memory of malloc"}, {0xfe, "a variable"}, {0xaa, "a variable"}};
    enum { NEAR = 1 << 16 }; /* a member of the object that it does not point to */
    for (unsigned i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        uintptr_t pattern = (uintptr_t)-1 / 0xff * patterns[i].byte;
        if (address - pattern < NEAR || pattern - address < NEAR) {
            instrument_wrong(VM_CRASH, site,
                             "%s at 0x%" PRIxPTR
                             ": a pointer that is not initialised (%s "
                             "that nobody has written holds such a value)",
                             what, address, patterns[i].whose);
        }
    }
}

void vm_tell_no_memory(const void *address, bool write, const void *site)
{
    const char *what = write ? "a write" : "a read";
    vm_tell_if_uninitialised((uintptr_t)address, what, site);
    instrument_wrong(VM_CRASH, site, "%s at %p, which is no memory of the program's",
                     what, address);
}

/* --- where it has crashed ----------------------------------------------------------- */

static uintptr_t interrupted_at(const ucontext_t *context)
{
#if defined(__x86_64__)
    return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return context->uc_mcontext.pc;
#else
    (void)context;
    return 0;
#endif
}

/* The innermost frame that is the program's. */
static _Unwind_Reason_Code visit_frame(struct _Unwind_Context *frame, void *place)
{
    int at_instruction = 0;
    uintptr_t at = _Unwind_GetIPInfo(frame, &at_instruction) + (at_instruction != 0);
    if (!vm_is_program((const void *)at)) {
        return _URC_NO_REASON;
    }
    *(const void **)place = (const void *)at;
    return _URC_NORMAL_STOP;
}

/* After a jump to nowhere: the call that it was, or the return. */
static const void *last_caller(const ucontext_t *context)
{
#if defined(__x86_64__)
    const unsigned char *stack =
        (const unsigned char *)(uintptr_t)context->uc_mcontext.gregs[REG_RSP];
    struct vm_stack own = vm_stack((unsigned)vm_self());
    if (stack >= own.low && stack <= own.high - sizeof(uintptr_t)) {
        const void *caller = *(void *const *)(const void *)stack;
        return vm_is_program(caller) ? caller : NULL;
    }
#elif defined(__aarch64__)
    const void *caller = (const void *)(uintptr_t)context->uc_mcontext.regs[30];
    return vm_is_program(caller) ? caller : NULL;
#else
    (void)context;
#endif
    return NULL;
}

static const void *place_of(const siginfo_t *info, const ucontext_t *context)
{
    const char *at = (const char *)interrupted_at(context);
    if (vm_is_program(at)) {
        return at + 1;
    }
    if (at == info->si_addr) { /* there is no code to be followed from */
        return vm_self() != VM_NOBODY ? last_caller(context) : NULL;
    }
    const void *place = NULL;
    (void)_Unwind_Backtrace(visit_frame, &place);
    return place;
}

/* The address that an access was to. Of one that no machine has x86-64 does not say it:
   then it is near what some register holds. */
static uintptr_t accessed(const siginfo_t *info, const ucontext_t *context)
{
    uintptr_t address = (uintptr_t)info->si_addr;
#if defined(__x86_64__)
    static const int registers[] = {REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI,
                                    REG_RDI, REG_RBP, REG_R8,  REG_R9,  REG_R10,
                                    REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    unsigned count = sizeof registers / sizeof *registers;
    for (unsigned i = 0; address == 0 && info->si_code == SI_KERNEL && i < count; i++) {
        uintptr_t value = (uintptr_t)context->uc_mcontext.gregs[registers[i]];
        bool has_such_address = value >> 47 == 0 || value >> 47 == (uintptr_t)-1 >> 47;
        address = has_such_address ? 0 : value;
    }
#else
    (void)context;
#endif
    return address;
}

static _Noreturn void tell_access(uintptr_t address, const void *place, bool jump)
{
    const char *what = jump ? "a jump" : "an access";
    vm_tell_if_uninitialised(address, what, place);
    if (address == 0) {
        instrument_wrong(VM_CRASH, place, "%s to invalid memory, at a null pointer",
                         what);
    }
    instrument_wrong(VM_CRASH, place, "%s to invalid memory, at 0x%" PRIxPTR, what,
                     address);
}

static bool is_stack_full(const unsigned char *address)
{
    if (vm_self() == VM_NOBODY) {
        return false;
    }
    struct vm_stack stack = vm_stack((unsigned)vm_self());
    return address < stack.low && address >= stack.low - (64 << 10);
}

static _Noreturn void tell_crash(int signal_number, const siginfo_t *info,
                                 const ucontext_t *context, const void *place)
{
    switch (signal_number) {
    case SIGFPE:
        instrument_wrong(VM_CRASH, place,
                         "a division by zero, or another impossible calculation");
    case SIGILL:
    case SIGTRAP:
        instrument_wrong(VM_CRASH, place, "an illegal instruction (__builtin_trap?)");
    case SIGABRT:
        instrument_wrong(VM_ABORT, place, "a library has called abort()");
    default:
        if (is_stack_full(info->si_addr)) {
            instrument_wrong(VM_CRASH, place, "the stack is full: 8 MiB");
        }
        uintptr_t address = accessed(info, context);
        tell_access(address, place, address != 0 && address == interrupted_at(context));
    }
}

static void on_crash(int signal_number, siginfo_t *info, void *context)
{
    static struct {
        volatile bool begun;
        int signal_number;
        siginfo_t info;
        ucontext_t context;
    } crash;
    if (looking) {
        siglongjmp(no_memory, 1);
    }
    if (vm_self() == VM_NOBODY && !vm_is_loading) {
        (void)fprintf(vm_err, "%s: crashed itself, outside of the program's threads\n",
                      vm_tool);
        vm_quit(3);
    }
    const void *place = NULL;
    if (!crash.begun) { /* otherwise the stack is such that nobody can follow it */
        crash.begun = true;
        crash.signal_number = signal_number;
        crash.info = *info;
        crash.context = *(const ucontext_t *)context;
        place = place_of(info, context);
    }
    crash.begun = false;
    tell_crash(crash.signal_number, &crash.info, &crash.context, place);
}

/* --- time, and the user ------------------------------------------------------------- */

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
    static unsigned char stack[1 << 20];
    (void)sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};
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

/* SPDX-License-Identifier: MIT */
/*
 * Processors as fibers: a stack each, and a switch that saves what a call preserves.
 *
 * The stacks lie side by side in one reservation, at an address that depends on nothing
 * but the processor's number, and are zero when a thread begins: so a thread finds the
 * same addresses and the same garbage in every execution.
 */
#include "virtual/executions.h"
#include "virtual/ground/messages.h"
#include "virtual/ground/seen.h"
#include "virtual/virtual.h"

#include <fenv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STACK_BYTES = VM_STACK_BYTES, GUARD_BYTES = 64 << 10, STEP = 4096 };

int vm_running = VM_NOBODY;
struct vm_unheard vm_unheard;
bool vm_rehearsing;
uint64_t vm_entered;
struct vm_calls vm_calls[VM_PROCESSORS];
const uint32_t *vm_events;
bool vm_frames_known = true;
bool vm_floating;

static unsigned char *stacks;
uintptr_t vm_stacks, vm_stacks_size;
bool vm_stacks_run;

struct fiber {
    void *stack_pointer;   /* where it paused */
    unsigned char *lowest; /* the deepest that it has paused in this execution */
    bool usable;           /* its stack is mapped */
    void (*body)(void *);
    void *argument;
};
static struct fiber fibers[VM_PROCESSORS];

struct vm_stack vm_stack(unsigned processor)
{
    if (stacks == NULL) {
        stacks = vm_reserve(VM_STACKS,
                            (size_t)vm_most_processors * (STACK_BYTES + GUARD_BYTES),
                            PROT_NONE);
        if (stacks == NULL) {
            complain("no address space for the stacks: they need %zu MiB (ulimit -v)",
                     ((size_t)vm_most_processors * (STACK_BYTES + GUARD_BYTES)) >> 20);
            vm_quit(3);
        }
        vm_stacks = (uintptr_t)stacks;
        vm_stacks_size = (size_t)vm_most_processors * (STACK_BYTES + GUARD_BYTES);
    }
    unsigned char *low = stacks + (size_t)processor * (STACK_BYTES + GUARD_BYTES);
    return (struct vm_stack){low + GUARD_BYTES, low + GUARD_BYTES + STACK_BYTES};
}

static void begin(void)
{
    struct fiber *self = &fibers[vm_running];
    self->body(self->argument);
    abort(); /* bodies end in instrument_exit */
}

/* --- the switch --------------------------------------------------------------------- */

#if defined(__x86_64__) || defined(__aarch64__)

/* Saves the running context on its stack and its stack pointer in *save; resumes the
   context whose stack pointer is `resume`. */
void vm_switch(void **save, void *resume);
void vm_first_switch(void);

#if defined(__x86_64__)
enum { FRAME_WORDS = 7, RETURN_ADDRESS = 6 };
__asm__(".text\n"
        ".hidden vm_switch\n"
        ".globl vm_switch\n"
        ".type vm_switch, @function\n"
        "vm_switch:\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size vm_switch, .-vm_switch\n"
        /* The outermost frame: unwinders stop here. */
        ".hidden vm_first_switch\n"
        ".globl vm_first_switch\n"
        ".type vm_first_switch, @function\n"
        "vm_first_switch:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined rip\n"
        "    callq *%rbx\n"
        "    ud2\n"
        "    .cfi_endproc\n"
        ".size vm_first_switch, .-vm_first_switch\n");
enum { BODY = 4 }; /* rbx */
#else
enum { FRAME_WORDS = 20, RETURN_ADDRESS = 11, BODY = 0 /* x19 */ };
__asm__(".text\n"
        ".hidden vm_switch\n"
        ".globl vm_switch\n"
        ".type vm_switch, %function\n"
        "vm_switch:\n"
        "    sub sp, sp, #160\n"
        "    stp x19, x20, [sp, #0]\n"
        "    stp x21, x22, [sp, #16]\n"
        "    stp x23, x24, [sp, #32]\n"
        "    stp x25, x26, [sp, #48]\n"
        "    stp x27, x28, [sp, #64]\n"
        "    stp x29, x30, [sp, #80]\n"
        "    stp d8, d9, [sp, #96]\n"
        "    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n"
        "    stp d14, d15, [sp, #144]\n"
        "    mov x2, sp\n"
        "    str x2, [x0]\n"
        "    mov sp, x1\n"
        "    ldp x19, x20, [sp, #0]\n"
        "    ldp x21, x22, [sp, #16]\n"
        "    ldp x23, x24, [sp, #32]\n"
        "    ldp x25, x26, [sp, #48]\n"
        "    ldp x27, x28, [sp, #64]\n"
        "    ldp x29, x30, [sp, #80]\n"
        "    ldp d8, d9, [sp, #96]\n"
        "    ldp d10, d11, [sp, #112]\n"
        "    ldp d12, d13, [sp, #128]\n"
        "    ldp d14, d15, [sp, #144]\n"
        "    add sp, sp, #160\n"
        "    ret\n"
        ".size vm_switch, .-vm_switch\n"
        ".hidden vm_first_switch\n"
        ".globl vm_first_switch\n"
        ".type vm_first_switch, %function\n"
        "vm_first_switch:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined x30\n"
        "    blr x19\n"
        "    brk #0\n"
        "    .cfi_endproc\n"
        ".size vm_first_switch, .-vm_first_switch\n");
#endif

static void *outside; /* the stack pointer of vm_enter's caller */

static void prepare(struct fiber *fiber, struct vm_stack stack)
{
    uintptr_t *frame = (uintptr_t *)(void *)(stack.high - 64) - FRAME_WORDS;
    frame[BODY] = (uintptr_t)begin;
    frame[RETURN_ADDRESS] = (uintptr_t)vm_first_switch;
    fiber->stack_pointer = frame;
}

static void enter(struct fiber *fiber)
{
    vm_switch(&outside, fiber->stack_pointer);
}

static void leave(struct fiber *fiber)
{
    vm_switch(&fiber->stack_pointer, outside);
}

/* --- moments ------------------------------------------------------------------------ */

/* A processor's stack is copied from another one: the copier's. */
static struct {
    void *stack_pointer;          /* NULL: it has not been made */
    const struct vm_moment *back; /* to there; NULL: … */
    struct vm_moment *take;       /* … the copy is to be made */
    bool went_back;
} copier;

static _Noreturn void copy_stacks(void)
{
    for (;;) {
        struct fiber *fiber = &fibers[vm_running];
        copier.went_back = copier.back != NULL;
        if (copier.back != NULL) {
            memcpy(copier.back->stack_pointer, copier.back->bytes, copier.back->size);
            fiber->stack_pointer = copier.back->stack_pointer;
        } else {
            struct vm_moment *moment = copier.take;
            moment->stack_pointer = fiber->stack_pointer;
            moment->size =
                (size_t)(vm_stack((unsigned)vm_running).high - moment->stack_pointer);
            if (moment->room < moment->size) {
                moment->room = 2 * moment->size;
                moment->bytes = sure_resize(moment->bytes, moment->room);
            }
            memcpy(moment->bytes, moment->stack_pointer, moment->size);
        }
        vm_switch(&copier.stack_pointer, fiber->stack_pointer);
    }
}

static void run_copier(void)
{
    enum { COPIER_BYTES = 16 << 10 };
    struct fiber *fiber = &fibers[vm_running];
    if (copier.stack_pointer == NULL) {
        unsigned char *bottom = sure_resize(NULL, COPIER_BYTES);
        uintptr_t *frame =
            (uintptr_t *)(void *)(bottom + COPIER_BYTES - 64) - FRAME_WORDS;
        memset(frame, 0, FRAME_WORDS * sizeof *frame);
        frame[BODY] = (uintptr_t)copy_stacks;
        frame[RETURN_ADDRESS] = (uintptr_t)vm_first_switch;
        copier.stack_pointer = frame;
    }
    vm_switch(&fiber->stack_pointer, copier.stack_pointer);
}

bool vm_moment_take(struct vm_moment *moment)
{
    if (moment->calls == NULL) {
        moment->calls = sure_resize(NULL, sizeof *moment->calls);
    }
    *moment->calls = vm_calls[vm_running];
    copier.take = moment;
    copier.back = NULL;
    fenv_t floating; /* on the stack, which is copied */
    (void)(vm_floating && fegetenv(&floating));
    run_copier();
    (void)(vm_floating && copier.went_back && fesetenv(&floating));
    return copier.went_back;
}

_Noreturn void vm_moment_return(const struct vm_moment *moment)
{
    vm_calls[vm_running] = *moment->calls;
    vm_seen_forget();
    copier.back = moment;
    run_copier();
    abort(); /* it is gone on with elsewhere */
}

#else /* any other machine */

#include <ucontext.h>

static ucontext_t outside, contexts[VM_PROCESSORS];

static void prepare(struct fiber *fiber, struct vm_stack stack)
{
    ucontext_t *context = &contexts[fiber - fibers];
    getcontext(context);
    context->uc_stack.ss_sp = stack.low;
    context->uc_stack.ss_size = STACK_BYTES;
    context->uc_link = NULL;
    makecontext(context, begin, 0);
}

static void enter(struct fiber *fiber)
{
    swapcontext(&outside, &contexts[fiber - fibers]);
}

static void leave(struct fiber *fiber)
{
    fiber->stack_pointer = &fiber;
    swapcontext(&contexts[fiber - fibers], &outside);
}

/* Registers are not noted here, and so nobody asks for a moment. */
bool vm_moment_take(struct vm_moment *moment)
{
    (void)moment;
    abort();
}

_Noreturn void vm_moment_return(const struct vm_moment *moment)
{
    (void)moment;
    abort();
}

#endif

/* --- processors --------------------------------------------------------------------- */

int vm_owner_among_stacks(const void *address)
{
    const size_t each = STACK_BYTES + GUARD_BYTES;
    size_t offset = (uintptr_t)address - vm_stacks;
    return offset % each < GUARD_BYTES ? VM_NOBODY : (int)(offset / each);
}

static void need_stack(unsigned processor)
{
    struct vm_stack stack = vm_stack(processor);
    int protection = PROT_READ | PROT_WRITE | (vm_stacks_run ? PROT_EXEC : 0);
    if (mprotect(stack.low, STACK_BYTES, protection) != 0) {
        complain("no memory for the stack of a virtual processor");
        vm_quit(3);
    }
    fibers[processor].usable = true;
}

static bool is_zero(const unsigned char *bytes)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, STEP - 1) == 0;
}

/* Clears what the last thread left: from where it paused upward, and below that as far
   as something is found (what it called is deeper than where it paused). */
static void clear_stack(unsigned processor)
{
    struct vm_stack stack = vm_stack(processor);
    unsigned char *lowest = fibers[processor].lowest;
    if (lowest == NULL) {
        return;
    }
    lowest = stack.low + (size_t)(lowest - stack.low) / STEP * STEP;
    while (lowest > stack.low && !is_zero(lowest - STEP)) {
        lowest -= STEP;
    }
    memset(lowest, 0, (size_t)(stack.high - lowest));
}

void vm_spawn(unsigned processor, void (*body)(void *), void *argument)
{
    struct fiber *fiber = &fibers[processor];
    if (!fiber->usable) {
        need_stack(processor);
    }
    clear_stack(processor);
    fiber->lowest = vm_stack(processor).high;
    fiber->body = body;
    fiber->argument = argument;
    prepare(fiber, vm_stack(processor));
    vm_calls[processor].depth = 0;
    vm_calls[processor].top = vm_stack(processor).high;
}

void vm_enter(unsigned processor)
{
    vm_running = (int)processor;
    vm_entered++;
    vm_seen_forget();
    enter(&fibers[processor]);
    vm_running = VM_NOBODY;
}

void vm_pause(void)
{
    struct fiber *fiber = &fibers[vm_running];
    unsigned char here;
    if (&here < fiber->lowest && &here >= vm_stack((unsigned)vm_running).low) {
        fiber->lowest = &here;
    }
    leave(fiber);
}

_Noreturn void vm_stop(void)
{
    for (;;) {
        vm_pause();
    }
}

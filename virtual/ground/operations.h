/* SPDX-License-Identifier: MIT */
/*
 * Operations on memory, as the compilers' hooks and the thread libraries make them. What
 * a library does to the program's objects is made of these alone, so an instrument needs
 * to know of no library.
 */
#ifndef LOCKSTEP_VIRTUAL_OPERATIONS_H
#define LOCKSTEP_VIRTUAL_OPERATIONS_H

#include "virtual/instrument.h"
#include "virtual/virtual.h"

/* The caller: the function's name, and where in the program. */
struct vm_call {
    const char *name;
    const void *site;
};
/* In the outermost function, that which the program has called. */
#define VM_CALL(text)                                                                    \
    ((struct vm_call){.name = (text), .site = vm_called(__builtin_return_address(0))})
/* Returns the site. Before anything is changed that going back to a moment does not undo
   (vm_rehearsing). */
static inline const void *vm_called(const void *site)
{
    if (vm_rehearsing) {
        instrument_effect();
    }
    return site;
}

/* --- the operations ----------------------------------------------------------------- */

/* Does an atomic operation. */
bool vm_swap_pair(struct vm_pair *pair);
uint64_t vm_perform(const struct vm_operation *operation);

/* The same, for thread libraries: as the program's own, but named. */
uint64_t vm_atomic(enum vm_kind kind, void *address, unsigned size, uint64_t operand,
                   enum vm_order order, const char *name, const void *site);
bool vm_compare_and_swap(void *address, unsigned size, uint64_t expected,
                         uint64_t desired, enum vm_order order, const char *name,
                         const void *site);

/* vm_compare_and_swap that returns the value it found, and reads it with `failure` when
   it is not `expected`. */
uint64_t vm_compare(void *address, unsigned size, uint64_t expected, uint64_t desired,
                    enum vm_order order, enum vm_order failure, struct vm_call call);

static inline uint64_t vm_read(void *address, unsigned size, enum vm_order order,
                               struct vm_call call)
{
    return vm_atomic(VM_LOAD, address, size, 0, order, call.name, call.site);
}

static inline void vm_write(void *address, unsigned size, uint64_t value,
                            enum vm_order order, struct vm_call call)
{
    vm_atomic(VM_STORE, address, size, value, order, call.name, call.site);
}

/* A try of a wait has failed. */
void vm_await_failed(struct vm_call call);

/* Whether an object lies on the running thread's stack: what an earlier call has left
   there says nothing of it. */
bool vm_on_own_stack(const void *object);

/* --- what is left of the program's stack -------------------------------------------- */

/* Nothing of the program's own lies below its stack pointer: an access there is to a
   variable of a function that has returned. */
void vm_tell_if_dead(const void *address, uintptr_t stack, const void *site);
static inline void vm_check_live(const void *address, uintptr_t stack, const void *site)
{
    if (stack - (uintptr_t)address - 1 < VM_STACK_BYTES) {
        vm_tell_if_dead(address, stack, site);
    }
}

/* In a function of ours that the program has called: its stack pointer there, or a lower
   address (aarch64), or 0 (elsewhere). */
#if defined(__x86_64__) || defined(__aarch64__)
#define VM_STACK_POINTER ((uintptr_t)__builtin_frame_address(0) + 2 * sizeof(void *))
#else
#define VM_STACK_POINTER ((uintptr_t)0)
#endif

/* Where the program has called one of these functions, which is kept for what vm_plain
   gets with this site. */
#define VM_SITE vm_note_caller(__builtin_return_address(0), VM_STACK_POINTER)
extern struct vm_caller {
    const void *site;
    uintptr_t stack;
} vm_caller;
static inline const void *vm_note_caller(const void *site, uintptr_t stack)
{
    vm_caller = (struct vm_caller){site, stack};
    return site;
}

/* --- plain accesses ----------------------------------------------------------------- */

/* Announces a plain access (outside of all processors: nothing to announce). */
void vm_plain(const void *address, size_t size, bool write, const void *site);

/* The same for one that the program itself makes, at `site` (entries.c). */
void vm_plain_of_program(void *address, size_t size, bool write, const void *site);

/* A place in the program for one in the C++ library's code that is compiled into it
   (entries.c). */
const void *vm_site_in_program(const void *site);

/* Where libstdc++ has its variables, streams among them; size 0 if there are none. */
extern uintptr_t vm_streams, vm_streams_size;

/* Whether an access to those, by the program's code at `caller`, is one that another
   thread's may not be unordered with; *write: whether it then writes (cxx_streams.c). */
bool vm_stream_counts(const void *address, bool *write, const void *caller);

/* memmove and memset, announced (library/bytes.c). */
void *vm_copy(void *to, const void *from, size_t size, const void *site);
void *vm_fill(void *to, int byte, size_t size, const void *site);

/* Where libstdc++ keeps, in the program, which threads wait for an atomic; size 0 if it
   does not. Loading the program sets them. */
extern uintptr_t vm_waiter_table, vm_waiter_size;

/* --- noting where the program is ---------------------------------------------------- */

/*
 * VM_NOTED(name) makes a function that notes the caller's registers (vm_registers) and
 * goes on, on the same frame, in the C function that is called name_noted. Where a loop
 * may wait for what a function returns, its state is then known.
 */
#if defined(__x86_64__)
#define VM_NOTED(name)                                                                   \
    __asm__(".text\n"                                                                    \
            ".globl " name "\n"                                                          \
            ".type " name ", @function\n" name ":\n"                                     \
            "    endbr64\n"                                                              \
            "    movq %rbx, vm_registers(%rip)\n"                                        \
            "    movq %rbp, vm_registers+8(%rip)\n"                                      \
            "    movq %r12, vm_registers+16(%rip)\n"                                     \
            "    movq %r13, vm_registers+24(%rip)\n"                                     \
            "    movq %r14, vm_registers+32(%rip)\n"                                     \
            "    movq %r15, vm_registers+40(%rip)\n"                                     \
            "    leaq 8(%rsp), %rax\n"                                                   \
            "    movq %rax, vm_registers+96(%rip)\n"                                     \
            "    movq (%rsp), %rax\n"                                                    \
            "    movq %rax, vm_registers+104(%rip)\n"                                    \
            "    jmp " name "_noted\n"                                                   \
            ".size " name ", .-" name "\n");
#elif defined(__aarch64__)
#define VM_NOTED(name)                                                                   \
    __asm__(".text\n"                                                                    \
            ".globl " name "\n"                                                          \
            ".type " name ", %function\n" name ":\n"                                     \
            "    hint #34\n" /* bti c */                                                 \
            "    adrp x16, vm_registers\n"                                               \
            "    add x16, x16, :lo12:vm_registers\n"                                     \
            "    stp x19, x20, [x16, #0]\n"                                              \
            "    stp x21, x22, [x16, #16]\n"                                             \
            "    stp x23, x24, [x16, #32]\n"                                             \
            "    stp x25, x26, [x16, #48]\n"                                             \
            "    stp x27, x28, [x16, #64]\n"                                             \
            "    str x29, [x16, #80]\n"                                                  \
            "    mov x17, sp\n"                                                          \
            "    str x17, [x16, #96]\n"                                                  \
            "    str x30, [x16, #104]\n"                                                 \
            "    b " name "_noted\n"                                                     \
            ".size " name ", .-" name "\n");
#else
#define VM_NOTED(name)                                                                   \
    __asm__(".globl " name "\n"                                                          \
            ".set " name ", " name "_noted\n");
#endif

#endif

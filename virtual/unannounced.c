/* SPDX-License-Identifier: MIT */
/* What a listing's accesses call (program/announce.c). */
#include "virtual/ground/operations.h"
#include "virtual/ground/seen.h"

#if defined(__x86_64__)

/*
 * The stubs. All registers are the program's and stay what they are: those of integers
 * and the flags are saved here, the others before what may let another thread run. (lahf
 * and seto for the flags: pushfq and popfq are slower.)
 *
 *     vm_seen(rdi: address, esi: what)
 *     vm_seen_by_integers(the same, where no others are in use)
 *     vm_volatile_seen(the same)
 *     vm_volatile_done()
 *     vm_seen_string(on the stack: what; rdi, rsi and rcx as the instruction has them)
 *     vm_seen_masked(on the stack: the size, and behind it the mask; rdi)
 *     vm_seen_compare(rdi: address, rsi: what to write, edx: what it is; rax: expected,
 *                     and then the value found; the flag zf: whether it was that)
 */
#define ENTER                                                                            \
    "    pushq %rax\n"                                                                   \
    "    lahf\n"                                                                         \
    "    seto %al\n"                                                                     \
    "    pushq %rax\n"                                                                   \
    "    pushq %rcx\n"                                                                   \
    "    pushq %rdx\n"                                                                   \
    "    pushq %rsi\n"                                                                   \
    "    pushq %rdi\n"                                                                   \
    "    pushq %r8\n"                                                                    \
    "    pushq %r9\n"                                                                    \
    "    pushq %r10\n"                                                                   \
    "    pushq %r11\n"                                                                   \
    "    pushq %rbp\n"                                                                   \
    "    movq %rsp, %rbp\n"                                                              \
    "    andq $-64, %rsp\n"
#define LEAVE                                                                            \
    "    movq %rbp, %rsp\n"                                                              \
    "    popq %rbp\n"                                                                    \
    "    popq %r11\n"                                                                    \
    "    popq %r10\n"                                                                    \
    "    popq %r9\n"                                                                     \
    "    popq %r8\n"                                                                     \
    "    popq %rdi\n"                                                                    \
    "    popq %rsi\n"                                                                    \
    "    popq %rdx\n"                                                                    \
    "    popq %rcx\n"                                                                    \
    "    popq %rax\n"                                                                    \
    "    addb $127, %al\n"                                                               \
    "    sahf\n"                                                                         \
    "    popq %rax\n"                                                                    \
    "    ret\n"
/* From rbp up: rbp, r11, r10, r9, r8, rdi, rsi, rdx, rcx, flags, rax, return address. */
#define SAVED_RDI    "40(%rbp)"
#define SAVED_RSI    "48(%rbp)"
#define SAVED_FLAGS  "72(%rbp)"
#define SAVED_RAX    "80(%rbp)"
#define SITE_SAVED   "88(%rbp)"
#define STACKED      "96(%rbp)"
#define STACKED_NEXT "104(%rbp)"

__asm__(".text\n"
        ".globl vm_seen\n"
        ".type vm_seen, @function\n"
        "vm_seen:\n    endbr64\n" ENTER "    call vm_seen_is_known\n"
        "    testb %al, %al\n"
        "    jne 1f\n"
        "    movq " SAVED_RDI ", %rdi\n"
        "    movq " SAVED_RSI ", %rsi\n"
        "    movq " SITE_SAVED ", %rdx\n"
        "    leaq " STACKED ", %rcx\n"
        "    leaq vm_seen_announce(%rip), %rax\n"
        "    call vm_seen_outside\n"
        "1:\n" LEAVE ".size vm_seen, .-vm_seen\n"

        ".globl vm_seen_by_integers\n"
        ".type vm_seen_by_integers, @function\n"
        "vm_seen_by_integers:\n    endbr64\n" ENTER "    call vm_seen_is_known\n"
        "    testb %al, %al\n"
        "    jne 1f\n"
        "    movq " SAVED_RDI ", %rdi\n"
        "    movq " SAVED_RSI ", %rsi\n"
        "    movq " SITE_SAVED ", %rdx\n"
        "    leaq " STACKED ", %rcx\n"
        "    call vm_seen_announce\n"
        "1:\n" LEAVE ".size vm_seen_by_integers, .-vm_seen_by_integers\n"

        ".globl vm_volatile_seen\n"
        ".type vm_volatile_seen, @function\n"
        "vm_volatile_seen:\n    endbr64\n" ENTER "    call vm_volatile_is_right\n"
        "    testb %al, %al\n"
        "    jne 1f\n"
        "    leaq vm_volatile_close(%rip), %rax\n"
        "    call vm_seen_outside\n"
        "1:\n" LEAVE ".size vm_volatile_seen, .-vm_volatile_seen\n"

        ".globl vm_volatile_done\n"
        ".type vm_volatile_done, @function\n"
        "vm_volatile_done:\n    endbr64\n" ENTER "    call vm_volatile_is_none\n"
        "    testb %al, %al\n"
        "    jne 1f\n"
        "    leaq vm_volatile_close(%rip), %rax\n"
        "    call vm_seen_outside\n"
        "1:\n" LEAVE ".size vm_volatile_done, .-vm_volatile_done\n"

        ".globl vm_seen_string\n"
        ".type vm_seen_string, @function\n"
        "vm_seen_string:\n    endbr64\n" ENTER "    movq %rcx, %rdx\n"
        "    movq " STACKED ", %rcx\n"
        "    movq " SITE_SAVED ", %r8\n"
        "    leaq vm_seen_announce_string(%rip), %rax\n"
        "    call vm_seen_outside\n" LEAVE ".size vm_seen_string, .-vm_seen_string\n"

        ".globl vm_seen_masked\n"
        ".type vm_seen_masked, @function\n"
        "vm_seen_masked:\n    endbr64\n" ENTER "    leaq " STACKED_NEXT ", %rsi\n"
        "    movq " STACKED ", %rdx\n"
        "    movq " SITE_SAVED ", %rcx\n"
        "    leaq vm_seen_announce_masked(%rip), %rax\n"
        "    call vm_seen_outside\n" LEAVE ".size vm_seen_masked, .-vm_seen_masked\n"

        ".globl vm_seen_compare\n"
        ".type vm_seen_compare, @function\n"
        "vm_seen_compare:\n    endbr64\n" ENTER "    movq " SAVED_RAX ", %rcx\n"
        "    movq " SITE_SAVED ", %r8\n"
        "    leaq " SAVED_FLAGS ", %r9\n"
        "    leaq vm_seen_compare_and_swap(%rip), %rax\n"
        "    call vm_seen_outside\n" LEAVE ".size vm_seen_compare, .-vm_seen_compare\n"

        /* Calls *rax with the registers of floating point and vectors kept: whoever runs
           in between may use them. fxsave keeps the old ones only. */
        ".globl vm_seen_outside\n"
        ".type vm_seen_outside, @function\n"
        "vm_seen_outside:\n"
        "    pushq %rbx\n"
        "    movq %rsp, %rbx\n"
        "    subq $2752, %rsp\n"
        "    andq $-64, %rsp\n"
        "    movq %rax, %r11\n"
        "    movq %rdx, %r10\n"
        "    cmpb $0, vm_seen_has_xsave(%rip)\n"
        "    je 2f\n"
        "    xorl %eax, %eax\n"
        "    movq %rax, 512(%rsp)\n"
        "    movq %rax, 520(%rsp)\n"
        "    movq %rax, 528(%rsp)\n"
        "    movq %rax, 536(%rsp)\n"
        "    movq %rax, 544(%rsp)\n"
        "    movq %rax, 552(%rsp)\n"
        "    movq %rax, 560(%rsp)\n"
        "    movq %rax, 568(%rsp)\n"
        "    movl $0xe7, %eax\n"
        "    xorl %edx, %edx\n"
        "    xsave64 (%rsp)\n"
        "    movq %r10, %rdx\n"
        "    fninit\n"
        "    call *%r11\n"
        "    movl $0xe7, %eax\n"
        "    xorl %edx, %edx\n"
        "    xrstor64 (%rsp)\n"
        "    jmp 3f\n"
        "2:\n"
        "    fxsave64 (%rsp)\n"
        "    fninit\n"
        "    call *%r11\n"
        "    fxrstor64 (%rsp)\n"
        "3:\n"
        "    movq %rbx, %rsp\n"
        "    popq %rbx\n"
        "    ret\n"
        ".size vm_seen_outside, .-vm_seen_outside\n");

extern const char vm_seen, vm_seen_string, vm_seen_masked, vm_volatile_seen,
    vm_volatile_done, vm_seen_compare;
bool vm_seen_has_xsave;

__attribute__((constructor)) static void ask(void)
{
    unsigned a = 1, b, c = 0, d;
    __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    vm_seen_has_xsave = (c >> 27 & 1) != 0;
}

/* `stack`: where the stack pointer is before the call, which is not all that announce.c
   takes from it. */
__attribute__((used)) void vm_seen_announce(void *address, unsigned what,
                                            const void *site, uintptr_t stack)
{
    vm_check_live(address, stack + VM_SEEN_LOWER, site);
    vm_plain_of_program(address, VM_SEEN_SIZE(what), (what & 1) != 0, site);
}

__attribute__((used)) void vm_seen_announce_string(char *to, const char *from,
                                                   size_t count, unsigned what,
                                                   const void *site)
{
    size_t size = what & (VM_REPEATED - 1);
    size *= (what & VM_REPEATED) != 0 ? count : 1;
    if (size == 0) {
        return;
    }
    if ((what & VM_MOVES) != 0) {
        vm_plain_of_program((void *)(uintptr_t)from, size, false, site);
    }
    vm_plain_of_program(to, size, true, site);
}

__attribute__((used)) void vm_seen_announce_masked(char *to, const signed char *mask,
                                                   unsigned size, const void *site)
{
    for (unsigned i = 0; i < size; i++) {
        if (mask[i] < 0) {
            vm_plain_of_program(to + i, 1, true, site);
        }
    }
}

/* `saved`: the flags, where lahf has put them, and rax. (Of the registers some are in use
   that a call need not keep, so the thread's state is not known here.) */
__attribute__((used)) void vm_seen_compare_and_swap(void *address, uint64_t desired,
                                                    unsigned what, uint64_t expected,
                                                    const void *site, uint64_t *saved)
{
    if (what == VM_COMPARES_SOMEHOW) {
        instrument_refuse(site,
                          "an atomic operation that the compiler makes in a way that "
                          "is not known");
    }
    const uint64_t zero_flag = 1 << 14;
    unsigned size = what & 255;
    uint64_t mask = size == 8 ? UINT64_MAX : (UINT64_C(1) << size * 8) - 1;
    vm_registers.stack = NULL;
    uint64_t old =
        vm_perform(&(struct vm_operation){.kind = VM_CAS,
                                          .order = (enum vm_order)(what >> 8 & 255),
                                          .failure = (enum vm_order)(what >> 16),
                                          .size = size,
                                          .address = address,
                                          .operand = desired & mask,
                                          .expected = expected & mask,
                                          .site = vm_site_in_program(site)});
    bool same = old == (expected & mask);
    saved[0] = same ? saved[0] | zero_flag : saved[0] & ~zero_flag;
    if (!same) {
        saved[1] = size == 4 ? old : (expected & ~mask) | old;
    }
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What inline assembly of aarch64 does to memory (program/inline_aarch64.c), in C11's
 * terms, as compilers make them of C11's operations: ldar and stlr are sequentially
 * consistent, ldapr acquires, other loads and stores are relaxed; a store exclusive is a
 * weak compare-and-swap with what its load has found. That is less than such a processor
 * orders.
 */
#include "virtual/ground/operations.h"
#include "virtual/ground/seen.h"
#include "virtual/ground/thread.h"
#include "virtual/program/tool.h"
#include "virtual/threads/clock.h"

#include <stddef.h>

#if defined(__aarch64__)

/*
 * vm_assembly, called with struct saved on top of the stack, in which the caller has put
 * x16 and x30. All registers stay what they are but those that the instruction changes;
 * those of vectors are kept below it.
 */
__asm__(".text\n"
        ".globl vm_assembly\n"
        ".type vm_assembly, %function\n"
        "vm_assembly:\n"
        "    hint #34\n" /* bti c */
        "    stp x0, x1, [sp, #0]\n"
        "    stp x2, x3, [sp, #16]\n"
        "    stp x4, x5, [sp, #32]\n"
        "    stp x6, x7, [sp, #48]\n"
        "    stp x8, x9, [sp, #64]\n"
        "    stp x10, x11, [sp, #80]\n"
        "    stp x12, x13, [sp, #96]\n"
        "    stp x14, x15, [sp, #112]\n"
        "    stp x17, x18, [sp, #136]\n"
        "    stp x19, x20, [sp, #152]\n"
        "    stp x21, x22, [sp, #168]\n"
        "    stp x23, x24, [sp, #184]\n"
        "    stp x25, x26, [sp, #200]\n"
        "    stp x27, x28, [sp, #216]\n"
        "    str x29, [sp, #232]\n"
        "    mrs x1, nzcv\n"
        "    str x1, [sp, #248]\n"
        "    str x30, [sp, #272]\n"
        "    stp xzr, xzr, [sp, #280]\n"
        "    stp xzr, xzr, [sp, #296]\n"
        "    stp xzr, xzr, [sp, #312]\n"
        "    str xzr, [sp, #328]\n"
        "    mov x0, sp\n"
        "    stp x29, x30, [sp, #-16]!\n"
        "    mov x29, sp\n"
        "    mrs x1, fpcr\n"
        "    mrs x2, fpsr\n"
        "    stp x1, x2, [sp, #-16]!\n"
        "    stp q0, q1, [sp, #-512]!\n"
        "    stp q2, q3, [sp, #32]\n"
        "    stp q4, q5, [sp, #64]\n"
        "    stp q6, q7, [sp, #96]\n"
        "    stp q8, q9, [sp, #128]\n"
        "    stp q10, q11, [sp, #160]\n"
        "    stp q12, q13, [sp, #192]\n"
        "    stp q14, q15, [sp, #224]\n"
        "    stp q16, q17, [sp, #256]\n"
        "    stp q18, q19, [sp, #288]\n"
        "    stp q20, q21, [sp, #320]\n"
        "    stp q22, q23, [sp, #352]\n"
        "    stp q24, q25, [sp, #384]\n"
        "    stp q26, q27, [sp, #416]\n"
        "    stp q28, q29, [sp, #448]\n"
        "    stp q30, q31, [sp, #480]\n"
        "    bl vm_assembly_do\n"
        "    ldp q2, q3, [sp, #32]\n"
        "    ldp q4, q5, [sp, #64]\n"
        "    ldp q6, q7, [sp, #96]\n"
        "    ldp q8, q9, [sp, #128]\n"
        "    ldp q10, q11, [sp, #160]\n"
        "    ldp q12, q13, [sp, #192]\n"
        "    ldp q14, q15, [sp, #224]\n"
        "    ldp q16, q17, [sp, #256]\n"
        "    ldp q18, q19, [sp, #288]\n"
        "    ldp q20, q21, [sp, #320]\n"
        "    ldp q22, q23, [sp, #352]\n"
        "    ldp q24, q25, [sp, #384]\n"
        "    ldp q26, q27, [sp, #416]\n"
        "    ldp q28, q29, [sp, #448]\n"
        "    ldp q30, q31, [sp, #480]\n"
        "    ldp q0, q1, [sp], #512\n"
        "    ldp x1, x2, [sp], #16\n"
        "    msr fpcr, x1\n"
        "    msr fpsr, x2\n"
        "    ldp x29, x30, [sp], #16\n"
        "    ldr x1, [sp, #248]\n"
        "    msr nzcv, x1\n"
        "    ldp x0, x1, [sp, #0]\n"
        "    ldp x2, x3, [sp, #16]\n"
        "    ldp x4, x5, [sp, #32]\n"
        "    ldp x6, x7, [sp, #48]\n"
        "    ldp x8, x9, [sp, #64]\n"
        "    ldp x10, x11, [sp, #80]\n"
        "    ldp x12, x13, [sp, #96]\n"
        "    ldp x14, x15, [sp, #112]\n"
        "    ldp x17, x18, [sp, #136]\n"
        "    ldp x19, x20, [sp, #152]\n"
        "    ldp x21, x22, [sp, #168]\n"
        "    ldp x23, x24, [sp, #184]\n"
        "    ldp x25, x26, [sp, #200]\n"
        "    ldp x27, x28, [sp, #216]\n"
        "    ldr x29, [sp, #232]\n"
        "    ret\n"
        ".size vm_assembly, .-vm_assembly\n");

struct saved {
    uint64_t registers[VM_AARCH64_REGISTERS];
    uint64_t flags;
    uint32_t what;
    uint32_t statement;
    char *place;
    const void *site;
    uint64_t step;       /* of the instruction … */
    uint64_t in_hand[2]; /* … what it has read and not yet used */
    struct vm_exclusive exclusive;
};
_Static_assert(offsetof(struct saved, flags) == 248 &&
                   offsetof(struct saved, flags) == VM_AARCH64_FLAGS_AT &&
                   offsetof(struct saved, what) == VM_AARCH64_WORD_AT &&
                   offsetof(struct saved, statement) == VM_AARCH64_STATEMENT_AT &&
                   offsetof(struct saved, place) == VM_AARCH64_PLACE_AT &&
                   offsetof(struct saved, site) == 272 &&
                   offsetof(struct saved, step) == 280 &&
                   sizeof(struct saved) == VM_AARCH64_ROOM && VM_AARCH64_ROOM % 16 == 0,
               "as vm_assembly and its callers have it");

/* An instruction that is being done. */
struct doing {
    struct saved *saved;
    struct vm_aarch64 does;
    const void *site;
};

/* --- registers ---------------------------------------------------------------------- */

static uint64_t cut(uint64_t value, unsigned size)
{
    return size == 8 ? value : value & ((UINT64_C(1) << size * 8) - 1);
}

static uint64_t register_of(const struct doing *doing, unsigned number)
{
    return number == VM_AARCH64_ZERO
               ? 0
               : cut(doing->saved->registers[number], doing->does.size);
}

static void write_register(struct doing *doing, unsigned number, uint64_t value)
{
    if (number != VM_AARCH64_ZERO) {
        doing->saved->registers[number] = value;
    }
}

/* --- memory ------------------------------------------------------------------------- */

/* The thread's state is what VM_NOTED notes, and all that lies on the stack from `saved`
   up. */
static void note(struct doing *doing)
{
    struct saved *saved = doing->saved;
    for (unsigned i = 0; i < 11; i++) {
        vm_registers.saved[i] = saved->registers[19 + i];
    }
    saved->step++;
    saved->exclusive = vm_thread()->exclusive;
    vm_registers.stack = (unsigned char *)saved;
    vm_registers.call = saved->site;
}

static uint64_t perform(struct doing *doing, struct vm_operation operation)
{
    note(doing);
    operation.size = doing->does.size;
    operation.address =
        operation.address == NULL ? doing->saved->place : operation.address;
    operation.site = doing->site;
    return vm_perform(&operation);
}

/* One that orders stores alone lets loads before it be late: a release fence is more. */
static void fence(struct doing *doing)
{
    if (doing->does.order == VM_RELEASE && !instrument_has_time()) {
        instrument_refuse(doing->site,
                          "a fence of stores alone (ishst) is none of C11's, and cannot "
                          "be %s; use atomic_thread_fence, or ish",
                          vm_purpose);
    }
    if (vm_self() != VM_NOBODY) {
        note(doing);
        instrument_fence(VM_FULL_FENCE, (enum vm_order)doing->does.order, doing->site);
    }
}

static uint64_t load(struct doing *doing, enum vm_order order, unsigned part)
{
    return perform(doing, (struct vm_operation){.kind = VM_LOAD,
                                                .order = order,
                                                .address = doing->saved->place +
                                                           part * doing->does.size});
}

static void store(struct doing *doing, enum vm_order order, unsigned part,
                  unsigned number)
{
    (void)perform(doing, (struct vm_operation){.kind = VM_STORE,
                                               .order = order,
                                               .operand = register_of(doing, number),
                                               .address = doing->saved->place +
                                                          part * doing->does.size});
}

static void load_register(struct doing *doing)
{
    struct vm_aarch64 does = doing->does;
    uint64_t value = load(doing, (enum vm_order)does.order, 0);
    if (does.sign && (value >> (does.size * 8 - 1) & 1) != 0) {
        value = cut(value | ~cut(UINT64_MAX, does.size), does.wide ? 8 : 4);
    }
    write_register(doing, does.first, value);
}

/* Two accesses. */
static void load_pair(struct doing *doing)
{
    uint64_t *values = doing->saved->in_hand;
    for (unsigned i = 0; i < 2; i++) {
        values[i] = load(doing, VM_RELAXED, i);
    }
    write_register(doing, doing->does.first, values[0]);
    write_register(doing, doing->does.second, values[1]);
}

/* --- read-modify-writes ------------------------------------------------------------- */

static void compare(struct doing *doing)
{
    struct vm_aarch64 does = doing->does;
    enum vm_order order = (enum vm_order)does.order;
    bool releases = order == VM_RELEASE;
    uint64_t old =
        perform(doing, (struct vm_operation){.kind = VM_CAS,
                                             .order = order,
                                             .failure = releases ? VM_RELAXED : order,
                                             .operand = register_of(doing, does.second),
                                             .expected = register_of(doing, does.first)});
    write_register(doing, does.first, old);
}

static void change(struct doing *doing, enum vm_kind kind)
{
    struct vm_aarch64 does = doing->does;
    uint64_t operand = register_of(doing, does.first);
    if (does.kind == VM_AARCH64_CLEAR) {
        operand = cut(~operand, does.size);
    }
    uint64_t old = perform(
        doing, (struct vm_operation){
                   .kind = kind, .order = (enum vm_order)does.order, .operand = operand});
    write_register(doing, does.second, old);
}

static void load_exclusive(struct doing *doing)
{
    struct vm_aarch64 does = doing->does;
    uint64_t value = load(doing, (enum vm_order)does.order, 0);
    vm_thread()->exclusive = (struct vm_exclusive){.address = doing->saved->place,
                                                   .size = does.size,
                                                   .statement = doing->saved->statement,
                                                   .value = value,
                                                   .order = does.order};
    write_register(doing, does.first, value);
}

/* Between two asm statements the monitor holds nothing: other operations do not note it
   as a part of the thread's state. */
static void store_exclusive(struct doing *doing)
{
    struct vm_aarch64 does = doing->does;
    struct saved *saved = doing->saved;
    struct vm_exclusive loaded = vm_thread()->exclusive;
    vm_thread()->exclusive.address = NULL;
    if (loaded.address == NULL) {
        write_register(doing, does.first, 1);
        return;
    }
    if (loaded.statement != saved->statement || loaded.address != saved->place ||
        loaded.size != does.size) {
        instrument_refuse(doing->site,
                          "a store exclusive that is not to where the load exclusive "
                          "before it in the same asm statement was cannot be %s",
                          vm_purpose);
    }
    bool acquires = loaded.order != VM_RELAXED, releases = does.order != VM_RELAXED;
    enum vm_order order = acquires && releases ? VM_SEQ_CST
                          : acquires           ? VM_ACQUIRE
                          : releases           ? VM_RELEASE
                                               : VM_RELAXED;
    saved->in_hand[0] = loaded.value;
    vm_failed_spuriously = false;
    uint64_t old =
        perform(doing, (struct vm_operation){.kind = VM_CAS_WEAK,
                                             .order = order,
                                             .failure = VM_RELAXED,
                                             .operand = register_of(doing, does.second),
                                             .expected = loaded.value});
    write_register(doing, does.first, old != loaded.value || vm_failed_spuriously);
}

__attribute__((used)) void vm_assembly_do(struct saved *saved)
{
    struct doing doing = {.saved = saved,
                          .does = vm_aarch64_of(saved->what),
                          .site = vm_site_in_program(saved->site)};
    switch (doing.does.kind) {
    case VM_AARCH64_FENCE:
        fence(&doing);
        break;
    case VM_AARCH64_LOAD:
        load_register(&doing);
        break;
    case VM_AARCH64_STORE:
        store(&doing, (enum vm_order)doing.does.order, 0, doing.does.first);
        break;
    case VM_AARCH64_LOAD_PAIR:
        load_pair(&doing);
        break;
    case VM_AARCH64_STORE_PAIR:
        store(&doing, VM_RELAXED, 0, doing.does.first);
        store(&doing, VM_RELAXED, 1, doing.does.second);
        break;
    case VM_AARCH64_LOAD_EXCLUSIVE:
        load_exclusive(&doing);
        break;
    case VM_AARCH64_STORE_EXCLUSIVE:
        store_exclusive(&doing);
        break;
    case VM_AARCH64_CLEAR_EXCLUSIVE:
        vm_thread()->exclusive.address = NULL;
        break;
    case VM_AARCH64_COMPARE:
        compare(&doing);
        break;
    case VM_AARCH64_SWAP:
        change(&doing, VM_EXCHANGE);
        break;
    case VM_AARCH64_ADD:
        change(&doing, VM_ADD);
        break;
    case VM_AARCH64_CLEAR:
        change(&doing, VM_AND);
        break;
    case VM_AARCH64_XOR:
        change(&doing, VM_XOR);
        break;
    case VM_AARCH64_SET:
        change(&doing, VM_OR);
        break;
    case VM_AARCH64_CLOCK:
        write_register(&doing, doing.does.first, vm_clock_now(CLOCK_MONOTONIC));
        break;
    }
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What inline assembly does to memory (program/inline_assembly.c), in C11's terms: an
 * x86-64 processor's loads acquire and its stores release; a locked instruction is a
 * read-modify-write between two full fences. That is less than such a processor orders,
 * so no execution is left out; --model=tso is just what it orders.
 */
#include "virtual/ground/operations.h"
#include "virtual/ground/seen.h"
#include "virtual/threads/clock.h"

#if defined(__x86_64__)

/* vm_assembly(on the stack: what, room, a number, the place). See unannounced.c for flags
   and for vm_seen_outside. */
__asm__(".text\n"
        ".globl vm_assembly\n"
        ".type vm_assembly, @function\n"
        "vm_assembly:\n"
        "    endbr64\n"
        "    pushq %rax\n"
        "    lahf\n"
        "    seto %al\n"
        "    pushq %rax\n"
        "    pushq %rcx\n"
        "    pushq %rdx\n"
        "    pushq %rbx\n"
        "    pushq %rsi\n"
        "    pushq %rdi\n"
        "    pushq %r8\n"
        "    pushq %r9\n"
        "    pushq %r10\n"
        "    pushq %r11\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    pushq %rbp\n"
        "    movq %rsp, %rbp\n"
        "    andq $-64, %rsp\n"
        "    movq %rbp, %rdi\n"
        "    leaq vm_assembly_do(%rip), %rax\n"
        "    call vm_seen_outside\n"
        "    movq %rbp, %rsp\n"
        "    popq %rbp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %r11\n"
        "    popq %r10\n"
        "    popq %r9\n"
        "    popq %r8\n"
        "    popq %rdi\n"
        "    popq %rsi\n"
        "    popq %rbx\n"
        "    popq %rdx\n"
        "    popq %rcx\n"
        "    popq %rax\n"
        "    addb $127, %al\n"
        "    sahf\n"
        "    popq %rax\n"
        "    ret\n"
        ".size vm_assembly, .-vm_assembly\n");

struct saved {
    uint64_t registers[VM_ASSEMBLY_REGISTERS];
    const void *site;
    uint32_t what;
    uint32_t step;    /* in the room that the program leaves */
    uint64_t in_hand; /* and what it has read and not yet used */
    uint64_t number;
    void *place;
};

/* An instruction that is being done. */
struct doing {
    struct saved *saved;
    struct vm_assembly does;
    const void *site;
};

/* --- registers and flags ------------------------------------------------------------ */

static uint64_t cut(uint64_t value, unsigned size)
{
    return size == 8 ? value : value & ((UINT64_C(1) << size * 8) - 1);
}

/* A register of 4 bytes is written as one of 8; smaller ones leave the rest. */
static void write_register(struct saved *saved, unsigned number, uint64_t value,
                           unsigned size)
{
    uint64_t *whole = &saved->registers[number];
    *whole =
        size >= 4 ? cut(value, size) : (*whole - cut(*whole, size)) | cut(value, size);
}

static uint64_t operand_of(const struct doing *doing)
{
    uint64_t value = doing->does.constant ? doing->saved->number
                                          : doing->saved->registers[doing->does.number];
    return cut(doing->does.high ? value >> 8 : value, doing->does.size);
}

/* The instruction's register gets what it has found. */
static void write_operand(struct doing *doing, uint64_t value, unsigned size)
{
    uint64_t *whole = &doing->saved->registers[doing->does.number];
    if (doing->does.high) {
        *whole = (*whole & ~UINT64_C(0xff00)) | (value & 0xff) << 8;
    } else {
        write_register(doing->saved, doing->does.number, value, size);
    }
}

/* As lahf has them, and seto. */
enum { CARRY = 1 << 8, PARITY = 1 << 10, ZERO = 1 << 14, SIGN = 1 << 15, OVERFLOW = 1 };

static bool is_negative(uint64_t value, unsigned size)
{
    return (value >> (size * 8 - 1) & 1) != 0;
}

static void set_flags(struct saved *saved, unsigned which, uint64_t flags)
{
    uint64_t *old = &saved->registers[VM_ASSEMBLY_FLAGS];
    *old = (*old & ~(uint64_t)which) | (flags & which);
}

static unsigned flags_of(uint64_t result, unsigned size)
{
    return (result == 0 ? ZERO : 0U) | (is_negative(result, size) ? SIGN : 0U) |
           (__builtin_parity((unsigned)result & 255) == 0 ? PARITY : 0U);
}

/* Whether a condition holds, by the number that the processor has for it: every second
   one is the opposite of the one before. */
static bool holds(const struct saved *saved, unsigned condition)
{
    uint64_t flags = saved->registers[VM_ASSEMBLY_FLAGS];
    bool less = ((flags & SIGN) != 0) != ((flags & OVERFLOW) != 0);
    bool carry = (flags & CARRY) != 0, zero = (flags & ZERO) != 0;
    const bool holding[] = {
        (flags & OVERFLOW) != 0, carry, zero,        carry || zero, (flags & SIGN) != 0,
        (flags & PARITY) != 0,   less,  less || zero};
    return holding[condition / 2] != (condition % 2 == 1);
}

/* Of a number, or of a register, which find_place has taken for the place, too. */
static uint64_t bit_of(const struct doing *doing)
{
    return UINT64_C(1) << operand_of(doing) % (uint64_t)(doing->does.size * 8);
}

/* Bits that a register counts lie also behind the place, or before it. */
static void find_place(struct doing *doing)
{
    unsigned bits = doing->does.size * 8;
    bool counts = doing->does.kind >= VM_BTS && doing->does.kind <= VM_BT;
    if (counts && !doing->does.constant) {
        int64_t number = (int64_t)(operand_of(doing) << (64 - bits)) >> (64 - bits);
        int64_t away = number >= 0 ? number / bits : -((-number + bits - 1) / bits);
        doing->saved->place =
            (char *)doing->saved->place + away * (int64_t)doing->does.size;
    }
}

/* What the instruction makes of the value in memory, which is `size` bytes. */
static uint64_t result_of(const struct doing *doing, uint64_t old)
{
    uint64_t operand = operand_of(doing), bit = bit_of(doing);
    switch (doing->does.kind) {
    case VM_XADD:
    case VM_ADDS:
        return cut(old + operand, doing->does.size);
    case VM_SUBTRACTS:
    case VM_TESTS:
        return cut(old - operand, doing->does.size);
    case VM_INCREMENTS:
        return cut(old + 1, doing->does.size);
    case VM_DECREMENTS:
        return cut(old - 1, doing->does.size);
    case VM_NEG:
        return cut(-old, doing->does.size);
    case VM_NOT:
        return cut(~old, doing->does.size);
    case VM_ANDS:
    case VM_TESTS_BITS:
        return old & operand;
    case VM_ORS:
        return old | operand;
    case VM_XORS:
        return old ^ operand;
    case VM_BTS:
        return old | bit;
    case VM_BTR:
        return old & ~bit;
    case VM_BTC:
        return old ^ bit;
    default:
        return operand; /* of an exchange */
    }
}

static void flag_result(const struct doing *doing, uint64_t old, uint64_t result)
{
    struct saved *saved = doing->saved;
    unsigned size = doing->does.size;
    uint64_t operand = operand_of(doing);
    unsigned flags = flags_of(result, size);
    unsigned all = CARRY | PARITY | ZERO | SIGN | OVERFLOW;
    bool was = is_negative(old, size), is = is_negative(result, size);
    bool other = is_negative(operand, size);
    switch (doing->does.kind) {
    case VM_XADD:
    case VM_ADDS:
        flags |=
            (result < old ? CARRY : 0U) | (was == other && was != is ? OVERFLOW : 0U);
        break;
    case VM_SUBTRACTS:
    case VM_TESTS:
    case VM_CMPXCHG:
        flags |=
            (old < operand ? CARRY : 0U) | (was != other && was != is ? OVERFLOW : 0U);
        break;
    case VM_INCREMENTS:
        all -= CARRY;
        flags |= !was && is ? OVERFLOW : 0U;
        break;
    case VM_DECREMENTS:
        all -= CARRY;
        flags |= was && !is ? OVERFLOW : 0U;
        break;
    case VM_NEG:
        flags |= (old != 0 ? CARRY : 0U) | (was && is ? OVERFLOW : 0U);
        break;
    case VM_BTS:
    case VM_BTR:
    case VM_BTC:
    case VM_BT:
        all = CARRY;
        flags = (old & bit_of(doing)) != 0 ? CARRY : 0U;
        break;
    case VM_ANDS:
    case VM_ORS:
    case VM_XORS:
    case VM_TESTS_BITS:
        break;
    default:
        return;
    }
    set_flags(saved, all, flags);
}

/* --- memory ------------------------------------------------------------------------- */

/* The thread's state is what VM_NOTED notes, and all that lies on the stack from `saved`
   up: the other registers, which step of the instruction it is, and what it has read. */
static void note(struct doing *doing, uint64_t in_hand)
{
    struct saved *saved = doing->saved;
    vm_registers.saved[0] = saved->registers[11]; /* rbx, rbp, r12 … r15 */
    vm_registers.saved[1] = saved->registers[0];
    for (unsigned i = 0; i < 4; i++) {
        vm_registers.saved[2 + i] = saved->registers[4 - i];
    }
    saved->step++;
    saved->in_hand = in_hand;
    vm_registers.stack = (unsigned char *)saved;
    vm_registers.call = saved->site;
}

static void fence(struct doing *doing, enum vm_order order)
{
    if (vm_self() != VM_NOBODY) {
        note(doing, 0);
        instrument_fence(VM_FULL_FENCE, order, doing->site);
    }
}

static uint64_t perform(struct doing *doing, struct vm_operation operation,
                        uint64_t in_hand)
{
    note(doing, in_hand);
    operation.size = doing->does.size;
    operation.address = doing->saved->place;
    operation.site = doing->site;
    return vm_perform(&operation);
}

static uint64_t load(struct doing *doing)
{
    return perform(doing, (struct vm_operation){.kind = VM_LOAD, .order = VM_ACQUIRE}, 0);
}

static void store(struct doing *doing, uint64_t value, uint64_t in_hand)
{
    (void)perform(
        doing,
        (struct vm_operation){.kind = VM_STORE, .order = VM_RELEASE, .operand = value},
        in_hand);
}

/* The register has what was in memory, sign and all. */
static void load_register(struct doing *doing)
{
    struct vm_assembly does = doing->does;
    uint64_t value = load(doing);
    if (does.sign && is_negative(value, does.size)) {
        value |= ~cut(UINT64_MAX, does.size);
    }
    write_operand(doing, value, does.to);
}

/* Returns what it found in memory, having changed that if it is right. */
static uint64_t change(struct doing *doing)
{
    struct vm_assembly does = doing->does;
    uint64_t rax = cut(doing->saved->registers[VM_ASSEMBLY_RAX], does.size);
    bool compares = does.kind == VM_CMPXCHG;
    if (!does.locked) {
        uint64_t old = load(doing);
        if (!compares || old == rax) {
            store(doing, result_of(doing, old), old);
        }
        return old;
    }
    if (compares) {
        return perform(doing,
                       (struct vm_operation){.kind = VM_CAS,
                                             .order = VM_SEQ_CST,
                                             .failure = VM_SEQ_CST,
                                             .operand = operand_of(doing),
                                             .expected = rax},
                       0);
    }
    enum vm_kind kind = VM_EXCHANGE;
    uint64_t operand = operand_of(doing);
    uint64_t bit = bit_of(doing);
    switch (does.kind) {
    case VM_XADD:
    case VM_ADDS:
        kind = VM_ADD;
        break;
    case VM_SUBTRACTS:
        kind = VM_SUB;
        break;
    case VM_INCREMENTS:
    case VM_DECREMENTS:
        kind = does.kind == VM_INCREMENTS ? VM_ADD : VM_SUB;
        operand = 1;
        break;
    case VM_ANDS:
        kind = VM_AND;
        break;
    case VM_ORS:
        kind = VM_OR;
        break;
    case VM_XORS:
        kind = VM_XOR;
        break;
    case VM_NOT:
        kind = VM_XOR;
        operand = cut(UINT64_MAX, does.size);
        break;
    case VM_BTS:
        kind = VM_OR;
        operand = bit;
        break;
    case VM_BTR:
        kind = VM_AND;
        operand = cut(~bit, does.size);
        break;
    case VM_BTC:
        kind = VM_XOR;
        operand = bit;
        break;
    case VM_NEG:
        for (uint64_t old = load(doing), found;; old = found) {
            found = perform(doing,
                            (struct vm_operation){.kind = VM_CAS,
                                                  .order = VM_SEQ_CST,
                                                  .failure = VM_SEQ_CST,
                                                  .operand = result_of(doing, old),
                                                  .expected = old},
                            old);
            if (found == old) {
                return old;
            }
        }
    default:
        break;
    }
    return perform(
        doing,
        (struct vm_operation){.kind = kind, .order = VM_SEQ_CST, .operand = operand}, 0);
}

static void update(struct doing *doing)
{
    struct saved *saved = doing->saved;
    struct vm_assembly does = doing->does;
    uint64_t rax = cut(saved->registers[VM_ASSEMBLY_RAX], does.size);
    if (does.locked) {
        fence(doing, VM_SEQ_CST);
    }
    uint64_t old = change(doing);
    if (does.kind == VM_CMPXCHG) {
        bool same = old == rax;
        uint64_t result = cut(rax - old, does.size);
        bool was = is_negative(rax, does.size), other = is_negative(old, does.size);
        bool overflows = was != other && was != is_negative(result, does.size);
        set_flags(saved, CARRY | PARITY | ZERO | SIGN | OVERFLOW,
                  flags_of(result, does.size) | (rax < old ? CARRY : 0U) |
                      (overflows ? OVERFLOW : 0U));
        if (!same) {
            write_register(saved, VM_ASSEMBLY_RAX, old, does.size);
        }
    } else {
        flag_result(doing, old, result_of(doing, old));
        if (does.kind == VM_XCHG || does.kind == VM_XADD) {
            write_operand(doing, old, does.size);
        }
    }
    if (does.locked) {
        fence(doing, VM_SEQ_CST);
    }
}

/* A result on the thread's own stack is plain: it is there for what the compiler does
   next. */
static void set_byte(struct doing *doing)
{
    struct saved *saved = doing->saved;
    unsigned char result = holds(saved, doing->does.number);
    if (vm_self() == VM_NOBODY || vm_stack_owner(saved->place) != vm_self()) {
        store(doing, result, 0);
        return;
    }
    vm_plain_of_program(saved->place, 1, true, doing->site);
    *(unsigned char *)saved->place = result;
}

/* cmpxchg8b: what edx and eax have is compared, what ecx and ebx have is written. */
static void update_pair(struct doing *doing)
{
    uint64_t *registers = doing->saved->registers;
    uint64_t expected =
        registers[VM_ASSEMBLY_RDX] << 32 | cut(registers[VM_ASSEMBLY_RAX], 4);
    uint64_t value =
        registers[VM_ASSEMBLY_RCX] << 32 | cut(registers[VM_ASSEMBLY_RBX], 4);
    uint64_t old;
    if (doing->does.locked) {
        fence(doing, VM_SEQ_CST);
        old = perform(doing,
                      (struct vm_operation){.kind = VM_CAS,
                                            .order = VM_SEQ_CST,
                                            .failure = VM_SEQ_CST,
                                            .operand = value,
                                            .expected = expected},
                      0);
    } else {
        old = load(doing);
        if (old == expected) {
            store(doing, value, old);
        }
    }
    set_flags(doing->saved, ZERO, old == expected ? ZERO : 0);
    if (old != expected) {
        write_register(doing->saved, VM_ASSEMBLY_RAX, cut(old, 4), 4);
        write_register(doing->saved, VM_ASSEMBLY_RDX, old >> 32, 4);
    }
    if (doing->does.locked) {
        fence(doing, VM_SEQ_CST);
    }
}

/* cmpxchg16b, which is always locked here. */
static void update_words(struct doing *doing)
{
    struct saved *saved = doing->saved;
    struct vm_pair pair = {
        .address = saved->place,
        .found = {saved->registers[VM_ASSEMBLY_RAX], saved->registers[VM_ASSEMBLY_RDX]},
        .value = {saved->registers[VM_ASSEMBLY_RBX], saved->registers[VM_ASSEMBLY_RCX]},
        .site = doing->site};
    fence(doing, VM_SEQ_CST);
    note(doing, 0);
    bool same = vm_swap_pair(&pair);
    set_flags(saved, ZERO, same ? ZERO : 0);
    if (!same) {
        saved->registers[VM_ASSEMBLY_RAX] = pair.found[0];
        saved->registers[VM_ASSEMBLY_RDX] = pair.found[1];
    }
    fence(doing, VM_SEQ_CST);
}

/* A thread's clock, of as many hertz as it has nanoseconds; and processor 0. */
static void read_clock(struct saved *saved, bool processor)
{
    uint64_t now = vm_clock_now(CLOCK_MONOTONIC);
    write_register(saved, VM_ASSEMBLY_RAX, cut(now, 4), 4);
    write_register(saved, VM_ASSEMBLY_RDX, now >> 32, 4);
    if (processor) {
        write_register(saved, VM_ASSEMBLY_RCX, 0, 4);
    }
}

/* A full fence. Of itself the processor says nothing. */
static void identify(struct doing *doing)
{
    static const unsigned results[] = {VM_ASSEMBLY_RAX, VM_ASSEMBLY_RBX, VM_ASSEMBLY_RCX,
                                       VM_ASSEMBLY_RDX};
    fence(doing, VM_SEQ_CST);
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        write_register(doing->saved, results[i], 0, 4);
    }
}

/* What the flags were before is then no part of the thread's state. */
static bool sets_all_flags(enum vm_assembly_kind kind)
{
    return (kind >= VM_XADD && kind <= VM_XORS) || kind == VM_NEG || kind == VM_TESTS ||
           kind == VM_TESTS_BITS;
}

__attribute__((used)) void vm_assembly_do(struct saved *saved)
{
    struct doing doing = {.saved = saved,
                          .does = vm_assembly_of(saved->what),
                          .site = vm_site_in_program(saved->site)};
    find_place(&doing);
    if (sets_all_flags(doing.does.kind)) {
        set_flags(saved, CARRY | PARITY | ZERO | SIGN | OVERFLOW, 0);
    }
    switch (doing.does.kind) {
    case VM_MFENCE:
        fence(&doing, VM_SEQ_CST);
        break;
    case VM_LFENCE:
        fence(&doing, VM_ACQUIRE);
        break;
    case VM_SFENCE:
        fence(&doing, VM_RELEASE);
        break;
    case VM_LOADS:
        load_register(&doing);
        break;
    case VM_STORES:
        store(&doing, operand_of(&doing), 0);
        break;
    case VM_RDTSC:
    case VM_RDTSCP:
        read_clock(doing.saved, doing.does.kind == VM_RDTSCP);
        break;
    case VM_CPUID:
        identify(&doing);
        break;
    case VM_SETS:
        set_byte(&doing);
        break;
    case VM_CMPXCHG_PAIR:
        if (doing.does.size == 8) {
            update_pair(&doing);
        } else {
            update_words(&doing);
        }
        break;
    case VM_TESTS:
    case VM_TESTS_BITS:
    case VM_BT: {
        uint64_t old = load(&doing);
        flag_result(&doing, old, result_of(&doing, old));
        break;
    }
    default:
        update(&doing);
        break;
    }
}

#endif

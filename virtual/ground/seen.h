/* SPDX-License-Identifier: MIT */
/*
 * Accesses that the compiler's instrumentation leaves out (program/announce.c): the
 * program calls vm_seen before each access, with nothing but its address and what it is,
 * and all registers as they are.
 */
#ifndef LOCKSTEP_VIRTUAL_SEEN_H
#define LOCKSTEP_VIRTUAL_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an access is: its size, and whether it writes; whether it may be what the compiler
   has left of an atomic load, behind the call that announces it; and whether it is to an
   array of the function's own, which others do not know, if the index is right. */
#define VM_SEEN(size, write) ((size) << 1 | (write))
#define VM_REMAINS           1024u
#define VM_INDEXED           2048u
#define VM_SEEN_SIZE(what)   (((what) & ~(VM_REMAINS | VM_INDEXED)) >> 1)

/* How much lower the stack pointer is than in the program, where vm_seen is called. */
enum { VM_SEEN_LOWER = 128 + 2 * 8 };

/* What a string instruction is, beside the size of an element. */
enum { VM_REPEATED = 256, VM_MOVES = 512 };

/* What a compare-and-swap is (program/openmp_atomics.c). */
#define VM_COMPARES_SOMEHOW               0U /* what is not known */
#define VM_COMPARES(size, order, failure) ((size) | (order) << 8 | (failure) << 16)

/*
 * An instruction of inline assembly (program/inline_assembly.c), as a word. Its registers
 * are numbered as the stub saves them: rbp, r15 … r8, rdi, rsi, rbx, rdx, rcx, the flags,
 * rax.
 */
enum {
    VM_ASSEMBLY_REGISTERS = 16,
    VM_ASSEMBLY_RBX = 11,
    VM_ASSEMBLY_RDX = 12,
    VM_ASSEMBLY_RCX = 13,
    VM_ASSEMBLY_FLAGS = 14,
    VM_ASSEMBLY_RAX = 15
};
enum vm_assembly_kind {
    VM_MFENCE,
    VM_LFENCE,
    VM_SFENCE,
    VM_MOVE, /* one of the two that follow */
    VM_LOADS,
    VM_STORES,
    VM_XCHG,
    VM_XADD,
    VM_CMPXCHG,
    VM_ADDS,
    VM_SUBTRACTS,
    VM_ANDS,
    VM_ORS,
    VM_XORS,
    VM_INCREMENTS,
    VM_DECREMENTS,
    VM_NEG,
    VM_NOT,
    VM_TESTS,      /* cmp */
    VM_TESTS_BITS, /* test */
    VM_BTS,
    VM_BTR,
    VM_BTC,
    VM_BT,
    VM_SETS,         /* setcc: `number` is the condition */
    VM_CMPXCHG_PAIR, /* cmpxchg8b; of size 0: cmpxchg16b */
    VM_RDTSC,
    VM_RDTSCP,
    VM_CPUID
};
struct vm_assembly {
    enum vm_assembly_kind kind;
    unsigned size, to; /* bytes in memory; of the register that a load writes */
    unsigned number;   /* of a register */
    bool constant;     /* it is a number instead */
    bool sign;         /* a load keeps the sign */
    bool locked;
    bool high; /* the second byte of the register */
};

static inline unsigned vm_assembly_word(struct vm_assembly does)
{
    return (unsigned)does.kind | does.size << 8 | does.to << 12 | does.number << 16 |
           (unsigned)does.constant << 21 | (unsigned)does.sign << 22 |
           (unsigned)does.locked << 23 | (unsigned)does.high << 24;
}

static inline struct vm_assembly vm_assembly_of(unsigned word)
{
    return (struct vm_assembly){(enum vm_assembly_kind)(word & 255),
                                word >> 8 & 15,
                                word >> 12 & 15,
                                word >> 16 & 31,
                                (word >> 21 & 1) != 0,
                                (word >> 22 & 1) != 0,
                                (word >> 23 & 1) != 0,
                                (word >> 24 & 1) != 0};
}

/*
 * The same of aarch64, whose registers are numbered as the processor does, with 31 for
 * the one that is zero.
 */
enum { VM_AARCH64_REGISTERS = 31, VM_AARCH64_ZERO = 31 };
enum vm_aarch64_kind {
    VM_AARCH64_FENCE,
    VM_AARCH64_LOAD,
    VM_AARCH64_STORE,
    VM_AARCH64_LOAD_PAIR,
    VM_AARCH64_STORE_PAIR,
    VM_AARCH64_LOAD_EXCLUSIVE,
    VM_AARCH64_STORE_EXCLUSIVE,
    VM_AARCH64_CLEAR_EXCLUSIVE,
    VM_AARCH64_COMPARE,
    VM_AARCH64_SWAP,
    VM_AARCH64_ADD,
    VM_AARCH64_CLEAR,
    VM_AARCH64_XOR,
    VM_AARCH64_SET,
    VM_AARCH64_CLOCK
};
struct vm_aarch64 {
    enum vm_aarch64_kind kind;
    unsigned size; /* bytes in memory, of one register */
    unsigned order;
    bool sign;                     /* a load keeps the sign, … */
    bool wide;                     /* … in a register of 8 bytes */
    unsigned first, second, third; /* registers, in the order of the instruction */
};

static inline unsigned vm_aarch64_word(struct vm_aarch64 does)
{
    return (unsigned)does.kind | does.size << 4 | does.order << 8 |
           (unsigned)does.sign << 12 | (unsigned)does.wide << 13 | does.first << 14 |
           does.second << 19 | does.third << 24;
}

static inline struct vm_aarch64 vm_aarch64_of(unsigned word)
{
    return (struct vm_aarch64){(enum vm_aarch64_kind)(word & 15),
                               word >> 4 & 15,
                               word >> 8 & 15,
                               (word >> 12 & 1) != 0,
                               (word >> 13 & 1) != 0,
                               word >> 14 & 31,
                               word >> 19 & 31,
                               word >> 24 & 31};
}

/* Where the program leaves room for it, from the stack pointer up: the registers, the
   flags, that word, the number of the asm statement, the place, and more. */
enum {
    VM_AARCH64_FLAGS_AT = 8 * VM_AARCH64_REGISTERS,
    VM_AARCH64_WORD_AT = VM_AARCH64_FLAGS_AT + 8,
    VM_AARCH64_STATEMENT_AT = VM_AARCH64_WORD_AT + 4,
    VM_AARCH64_PLACE_AT = VM_AARCH64_WORD_AT + 8,
    VM_AARCH64_SITE_AT = VM_AARCH64_PLACE_AT + 8,
    VM_AARCH64_ROOM = VM_AARCH64_SITE_AT + 8 * 8
};

/* The compiler announces an access just before it: the last ones, of reads and of writes,
   are enough. */
enum { VM_SEEN_LAST = 4 };
extern uint64_t vm_seen_turn;
extern struct vm_seen_last {
    unsigned newest;
    struct vm_seen_access {
        uintptr_t address;
        size_t size;
        uint64_t turn;
    } access[VM_SEEN_LAST];
} vm_seen_last[2];

/* Notes that an access has been announced: again is once too often, until the running
   thread has had another event. */
static inline void vm_seen_note(const void *address, size_t size, bool write)
{
    struct vm_seen_last *last = &vm_seen_last[write];
    last->access[last->newest++ % VM_SEEN_LAST] =
        (struct vm_seen_access){(uintptr_t)address, size, vm_seen_turn};
}

/* The compiler's last atomic load, until what is left of it is met. */
extern struct vm_seen_access vm_seen_loaded;

/*
 * A volatile access that is taken as a relaxed atomic, from its announcement on until its
 * instruction has been executed. In between the program calls vm_volatile_seen before
 * each access to memory, as it does vm_seen, and then vm_volatile_done (with nothing).
 */
extern struct vm_volatile {
    uintptr_t address; /* 0: there is none */
    unsigned size;
    bool write;
    bool met;     /* its instruction */
    uint64_t old; /* what lay there */
    const void *site;
} vm_volatile;

/* It has been made. */
void vm_volatile_close(void);

/* From now on each access is announced again. One that is open is of a thread that has
   crashed there. */
static inline void vm_seen_forget(void)
{
    vm_seen_turn++;
    vm_volatile.address = 0;
}

#endif

/* SPDX-License-Identifier: MIT */
/* One line of x86-64 assembly, in the syntax of gcc and clang (AT&T). */
#ifndef LOCKSTEP_VIRTUAL_INSTRUCTION_H
#define LOCKSTEP_VIRTUAL_INSTRUCTION_H

#include <stdbool.h>
#include <stddef.h>

enum machine_register {
    RAX,
    RCX,
    RDX,
    RBX,
    RSP,
    RBP,
    RSI,
    RDI,
    R8,
    R12 = R8 + 4,
    R15 = R12 + 3,
    OTHER_REGISTER, /* of floating point, of vectors; rip */
    NO_REGISTER,
};

enum operand_kind { IMMEDIATE, REGISTER, MEMORY };

struct operand {
    enum operand_kind kind;
    const char *text; /* of it all, not terminated */
    size_t length;
    enum machine_register base;  /* or the register itself */
    enum machine_register index; /* of MEMORY */
    unsigned width;              /* of REGISTER, in bytes */
    long value;                  /* of IMMEDIATE; the distance from `base` */
    bool constant;               /* the value is a plain number */
    bool indirect;               /* `*`: of a jump or call */
    bool segment;                /* `%fs:` */
};

enum { MOST_OPERANDS = 3, MOST_BYTES = 64 };

struct instruction {
    char name[16]; /* without prefixes; "" for a prefix alone */
    struct operand operand[MOST_OPERANDS];
    unsigned operands;

    /* What is known of it. Otherwise it may read any register, and of its operand in
       memory MOST_BYTES. */
    bool known; /* it reads and writes what its operands say, and perhaps rax and rdx */
    bool moves; /* it writes all of its last operand, which it does not read */
    unsigned size; /* of its operand in memory */
};

/* Reads one instruction; false: there is more to it than this file understands. */
bool instruction_parse(struct instruction *instruction, const char *line, size_t length);

bool is_named(const struct instruction *instruction, const char *name);
bool is_one_of(const struct instruction *instruction, const char *const *names);

/* Whether an operand is that register, in its full width. */
bool is_register(const struct operand *operand, enum machine_register which);

#endif

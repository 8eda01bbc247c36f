/* SPDX-License-Identifier: MIT */
/*
 * Inline assembly that old code and lock libraries are made of: fences, atomic
 * instructions, plain moves. Each instruction that touches memory becomes a call of
 * vm_assembly (virtual/assembly_….c), which does what the processor would; those on
 * registers alone stay, as code of the function; so do jumps and labels. An asm statement
 * that has anything else becomes a call that refuses it by name: a header has more of
 * them than a program needs. Compilers' intrinsics for fences and for clocks are treated
 * alike.
 *
 * Which instructions there are is said once a machine; both are here on any, so that
 * tests can look at what is made of a listing.
 */
#ifndef LOCKSTEP_VIRTUAL_INLINE_ASSEMBLY_H
#define LOCKSTEP_VIRTUAL_INLINE_ASSEMBLY_H

#include <stdbool.h>
#include <stdio.h>

enum assembly_outcome {
    ASSEMBLY_NOTHING,
    ASSEMBLY_STAYS, /* an instruction on registers */
    ASSEMBLY_CALLS,
    ASSEMBLY_NOT_KNOWN
};

/* An asm statement that is being read. */
struct assembly_statement {
    unsigned number; /* no other one has it */
    bool prefix;     /* one stands alone, and is for the next instruction */
};

struct assembly_machine {
    const char *comment;      /* where one begins */
    const char *jump;         /* an instruction, up to its label */
    const char *first;        /* before the instructions of a statement that has a call */
    const char *refuses;      /* the call of vm_assembly_refused */
    const char *const *alone; /* instructions that put_alone knows; NULL at the end */
    bool (*jumps)(const char *instruction);
    /* Writes the call that an instruction becomes. `text` is changed. */
    enum assembly_outcome (*put_instruction)(FILE *to, char *text,
                                             struct assembly_statement *statement);
    /* The same of a line that stands in no asm statement: false, if it is nothing to do
       that with. */
    bool (*put_alone)(FILE *to, const char *line);
    /* After a call of a function, which is copied as it is. */
    bool (*calls)(const char *line);
    void (*put_after_call)(FILE *to, const char *line);
};
extern const struct assembly_machine assembly_x86_64, assembly_aarch64;

/* Copies a listing, with calls put in. Returns whether there was anything to put a call
   in the place of; if not, what it writes is of no use. */
bool inline_assembly_rewrite(FILE *to, const char *listing,
                             const struct assembly_machine *machine);

/* The operands of an instruction: at the commas that are in no brackets, which are two
   characters. Returns whether there are no more of them, nor longer ones. */
enum { ASSEMBLY_TEXT = 256 };
bool assembly_split(const char *text, const char brackets[2],
                    char (*operands)[ASSEMBLY_TEXT], unsigned most, unsigned *count);

/* Takes blanks off both ends. */
char *assembly_trim(char *text);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * An asm statement of the source, taken apart: one label or instruction at a time, as
 * the processor comes to them. Numbered labels ("1:", "1b", "1f") get names that the
 * function has once; what stands in another section of code, or in a subsection, is
 * put where it is left for, with a jump around it.
 */
#ifndef LOCKSTEP_VIRTUAL_STATEMENTS_H
#define LOCKSTEP_VIRTUAL_STATEMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "virtual/program/inline_assembly.h"

enum statement_kind {
    STATEMENT_LABEL,       /* with its colon */
    STATEMENT_DIRECTIVE,   /* the compiler's own, between two asm statements; .arch */
    STATEMENT_INSTRUCTION, /* or a prefix that stands alone */
};

struct statement_list {
    struct statement_line {
        enum statement_kind kind;
        char *text;
    } * all;
    size_t count;
    unsigned number; /* no other list has it */
};

enum { MOST_SHOWN = 41 };

/* Reads `length` characters of lines, which stand in the section that the text `home`
   begins with the name of. False: there is one that is not known, which is copied. */
bool statements_read(struct statement_list *list, const char *text, size_t length,
                     const char *home, const struct assembly_machine *machine,
                     char unknown[MOST_SHOWN]);
void statements_free(struct statement_list *list);

/* Whether a line is a directive that the compiler has put there. */
bool statement_is_compilers(const char *line);

/* The name of a label in an operand, or 0. */
size_t statement_label_length(const char *operand);

#endif

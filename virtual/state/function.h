/* SPDX-License-Identifier: MIT */
/* A function of an assembly listing, step by step: for reading.c, liveness.c, table.c. */
#ifndef LOCKSTEP_VIRTUAL_FUNCTION_H
#define LOCKSTEP_VIRTUAL_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtual/state/instruction.h"
#include "virtual/state/state.h"

enum flow { ON, JUMP, BRANCH, ANYWHERE, CALL, RETURN, STOP };
enum { UNSEEN = -1, UNKNOWN = -2 }; /* depths */
enum { MOST_LENT = 4 };

/* A piece of the frame: offset from rbp. */
struct piece {
    long offset;
    unsigned size; /* 0: none */
};

struct step {
    struct instruction instruction;
    const char *end; /* of its line */
    enum flow flow;
    size_t target;                /* of JUMP and BRANCH */
    int depth;                    /* how far the stack pointer is below rbp, before */
    struct piece read, filled;    /* of the frame, by its operand in memory */
    struct piece counted;         /* what is read of it matters as what is written does */
    struct piece lent[MOST_LENT]; /* which a function that it calls reads */
    struct piece built;           /* which a function that it calls fills */
    unsigned uses, sets;          /* the registers of state.h, a bit each */
};

struct label {
    const char *name;
    size_t length, step;
};

struct function {
    struct step *steps;
    size_t count;
    struct label *labels;
    size_t label_count;
    size_t *landings; /* steps where exceptions arrive */
    size_t landing_count;
    size_t body; /* first step behind the prologue */
    unsigned char saved[SAVED_REGISTERS];
    bool frame_known; /* all accesses to the frame are those in the steps, and escapes */
    long *escapes;
    size_t escape_count;
    uint64_t pinned[MOST_FRAME / 64]; /* bytes that are live for other reasons */
    size_t words;                     /* of a set of bytes, without the registers */
    uint64_t *live;                   /* a set before each step, and one at the end */
};

/* The registers of state.h, all of them. */
enum { ALL_PRESERVED = (1u << SAVED_REGISTERS) - 1 };

/* --- reading.c: from the listing ---------------------------------------------------- */

/* The length of the symbol at the beginning of a text. */
size_t symbol_length(const char *text);

const char *line_end(const char *line);
const char *after_line(const char *line);
const char *unindented(const char *line);

/* Makes room for one more. */
void *extend(void *array, size_t count, size_t size);

/* Reads the function whose label stands before `line`; `section` is the directive that it
   stands behind. Returns whether it is understood; `end`: behind it. */
bool function_read(struct function *function, const char *line, const char *section,
                   const char **end);
void function_release(struct function *function);

bool find_label(const struct function *function, const char *name, size_t length,
                size_t *step);

/* --- liveness.c: what is live at each step ------------------------------------------ */

/* False: nothing is known of the function. */
bool function_analyse(struct function *function);

/* The set of what is live before a step. */
uint64_t *live_before(const struct function *function, size_t at);

#endif

/* SPDX-License-Identifier: MIT */
/* Cache lines: which processors have a copy, and in which state. */
#ifndef LOCKSIM_LINES_H
#define LOCKSIM_LINES_H

#include "sim/machine/machine.h"
#include "sim/rules/set.h"

enum state { INVALID, SHARED, EXCLUSIVE, MODIFIED, SHARED_MODIFIED };

enum { NOBODY = -1 };

/* Of a table, by number (lines.c). */
struct numbered {
    uintptr_t number;
    struct numbered *next;
};

struct line {
    struct numbered entry; /* its number: the line's address, in lines */
    uintptr_t settled;     /* the same wherever the program has been loaded */
    struct set holders;    /* processors with a copy, the owner among them */
    int owner;             /* the one whose copy is more than SHARED, or NOBODY */
    enum state owner_state;
    uint32_t writes; /* how often it has been written, by whomever */
    int place;       /* the processor in whose memory it lies */
    cycles free;     /* numa: no request for it is served before */

    struct set ideal_holders; /* the same in a machine with ideal caches, for rmr_cc */
    int ideal_owner;
    struct versions *versions; /* for the checker, or NULL */
};

/* The line that an address lies in; a new one is in no cache, and is placed with
   `processor`, which touches it first. */
struct line *line_of(const void *address, unsigned processor);

/* The same if the line is known, or NULL. */
struct line *line_known(const void *address);

static inline enum state line_state(const struct line *line, unsigned processor)
{
    if (line->owner == (int)processor) {
        return line->owner_state;
    }
    return set_has(&line->holders, processor) ? SHARED : INVALID;
}

const char *state_name(enum state state); /* "I", "S", "E", "M", "Sm" */

/* Changes one processor's state; INVALID takes the copy away. There is one owner at most:
   the last one has been changed to SHARED or INVALID before. */
void line_set(struct line *line, unsigned processor, enum state state);

/* Whether an access needs nothing but the cache. A write to an EXCLUSIVE line needs no
   more. */
static inline bool line_hits(const struct line *line, unsigned processor, enum use use)
{
    if (line->owner == (int)processor) {
        return use == READ || line->owner_state != SHARED_MODIFIED;
    }
    return use == READ && set_has(&line->holders, processor);
}

/* Forgets all lines; from now on they have `bytes` and are placed by `page` bytes. */
void lines_reset(unsigned bytes, unsigned page);

/* Calls visit for each line that there is. */
void lines_each(void (*visit)(struct line *line));

/* How many there are. */
unsigned lines_count(void);

/* Gives memory a name, until lines_reset: "node[3]"; without an index if that is < 0. */
void lines_name(const void *address, size_t size, const char *name, int index);

/* "lock+64", by these names, or what the program calls it. */
void address_name(const void *address, char *text, size_t size);
void line_name(const struct line *line, char *text, size_t size);

#endif

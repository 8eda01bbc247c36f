/* SPDX-License-Identifier: MIT */
/* Sets of processors: a few by name, many as bits. */
#ifndef LOCKSIM_SET_H
#define LOCKSIM_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "virtual/virtual.h"

enum { SET_FEW = 6 };

/* Empty when all bytes are zero. */
struct set {
    uint16_t count;
    bool many;
    union {
        uint16_t few[SET_FEW]; /* in ascending order */
        uint64_t *bits;        /* one a processor */
    };
};

static inline bool set_has(const struct set *set, unsigned processor)
{
    if (set->many) {
        return (set->bits[processor / 64] >> processor % 64 & 1) != 0;
    }
    unsigned i = 0;
    while (i < set->count && set->few[i] != processor) {
        i++;
    }
    return i < set->count;
}

void set_add(struct set *set, unsigned processor);
void set_remove(struct set *set, unsigned processor);
void set_clear(struct set *set); /* gives its memory back */

/* The first member from `processor` on, or VM_PROCESSORS. */
unsigned set_next(const struct set *set, unsigned processor);

/* For each member, in ascending order; it may be removed meanwhile. */
#define set_each(set, member)                                                            \
    for (unsigned member = set_next(set, 0); member < VM_PROCESSORS;                     \
         member = set_next(set, member + 1))

#endif

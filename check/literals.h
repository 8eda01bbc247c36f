/* SPDX-License-Identifier: MIT */
/*
 * Memory orders as they are written in a source: where the order of an operation stands,
 * if it is literally there, and a patch that puts others in its place.
 */
#ifndef LOCKCHECK_LITERALS_H
#define LOCKCHECK_LITERALS_H

#include <stdbool.h>
#include <stdio.h>

#include "virtual/program/program.h"

/* A name of an order: memory_order_…, std::memory_order::…, __ATOMIC_…; or one that ends
   with the order's name and is defined as it, such as mo_release. */
struct literal {
    size_t file; /* for this file alone */
    size_t at, size;
    bool both; /* of a compare-and-swap of C++: its failure's order follows from it */
};

/* The order of a failure, if only that of success is written. */
int literal_of_failure(int order);

/* Finds the order of the operation at a place, which was executed with `order`; of a
   compare-and-swap the one of its success or of its failure. `kind` is a site's
   (sites.h). Returns NULL, or why nothing can be changed there. */
const char *literal_find(const struct vm_source *place, int kind, bool failure, int order,
                         struct literal *literal);

bool literal_same(const struct literal *a, const struct literal *b);

/* From now on the source has this order there. */
void literal_change(const struct literal *literal, int order);

/* Prints what was changed as a unified diff, for patch -p1. Returns whether there is
   something. */
bool literals_diff(FILE *out);

extern const char *const order_names[]; /* relaxed, … */

#endif

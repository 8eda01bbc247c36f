/* SPDX-License-Identifier: MIT */
/* For --weaken: the operations that a program executes, their orders, and what comes of
   it when these are weaker. */
#ifndef LOCKCHECK_OPERATIONS_H
#define LOCKCHECK_OPERATIONS_H

#include "check/catalog.h"
#include "check/explore/explore.h"
#include "virtual/program/program.h"

/* An operation in the source: all places in the machine code that come from it. */
struct operation {
    struct vm_source source;
    uint8_t kind, order, failure; /* as in sites.h */
    const void **addresses;
    size_t count;
    bool *used_by; /* a check each */
};

/* Explores all checks as they are, and lists what they execute, by place. Returns NULL if
   one is not verified: `*check` is that one, `result` what came of it. */
struct operation *operations_of(const struct explore_options *how,
                                const struct check *checks, size_t count,
                                size_t *operations, const struct check **check,
                                struct explore_result *result, double *seconds);

/* The next weaker orders of an operation: 0, 1 or 2 of them. */
unsigned weaker_orders(int kind, int order, bool failure, int *weaker);

/* From now on it has these orders (-1: as it is). */
void operation_use(const struct operation *operation, int order, int failure);

/* Explores the checks that execute an operation until one is wrong. Returns that one; or
   one that was not verified; or NULL. `result` is of the last that was explored. */
const struct check *find_failure(const struct explore_options *how,
                                 const struct operation *operation,
                                 const struct check *checks, size_t count,
                                 struct explore_result *result);

const char *kind_name(int kind);

#endif

/* SPDX-License-Identifier: MIT */
/* What processors do with the catalog's locks, reader-writer locks and barriers. */
#ifndef LOCKSIM_WORKLOAD_H
#define LOCKSIM_WORKLOAD_H

#include "sim/options.h"
#include "sim/result.h"
#include "sim/simulate.h"

/* Loads the user's files, if the options name some, and the catalog: once, before the
   others. */
void workload_load(const struct options *options);

/* The names of all of a family, the user's first, NULL at the end. */
const char *const *workload_names(enum own_family family);

/* Whether it is another one of them, with waiters that sleep. */
bool workload_sleeps(const char *name);

/* Whether the user has one of these. */
bool workload_has_own(enum own_family family);

/* Runs a primitive on `count` processors. Returns whether there is a result: where one of
   the user's fails, or is not for so many, a line has said so, and `status` is 1 if it is
   wrong. Ends the process, with a line, if one of the catalog's does. */
bool workload_run(const struct options *options, const struct primitive *primitive,
                  unsigned count, struct result *result, int *status);

#endif

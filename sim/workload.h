/* SPDX-License-Identifier: MIT */
/* What processors do with the catalog's locks and barriers. */
#ifndef LOCKSIM_WORKLOAD_H
#define LOCKSIM_WORKLOAD_H

#include "sim/options.h"
#include "sim/result.h"
#include "sim/simulate.h"

/* Loads the catalog: once, before the others. */
void workload_load(void);

/* The names of its locks or barriers, in its order, NULL at the end. */
const char *const *workload_names(bool barriers);

/* Whether it is another one of them, with waiters that sleep. */
bool workload_sleeps(const char *name);

/* Runs a primitive on `count` processors. Ends the process, with a line, if the machine
   deadlocks or fails. */
void workload_run(const struct options *options, const char *primitive, unsigned count,
                  struct result *result);

#endif

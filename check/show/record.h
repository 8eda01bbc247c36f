/* SPDX-License-Identifier: MIT */
/* Results for programs: an object for each program, or each check of the catalog, with
   all that there is to say. */
#ifndef LOCKCHECK_SHOW_RECORD_H
#define LOCKCHECK_SHOW_RECORD_H

#include <jansson.h>

#include "check/catalog.h"
#include "check/explore/explore.h"

/* The beginning of each record: what was run, and how. `check` is NULL for a program. */
json_t *record_of_run(const struct options *options, const struct check *check);

/* What came out; printed. `how` is NULL where it is not known what was explored. */
void record_result(const struct options *options, const struct check *check,
                   const struct explore_options *how, struct explore_result *result,
                   const char *message);

/* That something was left out, and why; printed. `check` is NULL if there is none for it;
   `name`: of which lock or barrier. */
void record_unchecked(const struct options *options, const struct check *check,
                      const char *name, const char *message);

#endif

/* SPDX-License-Identifier: MIT */
/* Results for people: a row a run, then each primitive's traffic and growth. */
#ifndef LOCKSIM_TABLE_H
#define LOCKSIM_TABLE_H

#include "sim/options.h"
#include "sim/result.h"

void table_begin(const struct options *options);

/* `before`: the row before, or NULL. */
void table_row(const struct options *options, const struct result *result,
               const struct result *before);

/* Of all runs that series_add was given. */
void table_end(const struct options *options);

#endif

/* SPDX-License-Identifier: MIT */
/* Results for programs: a line of CSV or a JSON object each, with all there is. */
#ifndef LOCKSIM_RECORD_H
#define LOCKSIM_RECORD_H

#include "sim/options.h"
#include "sim/show/figures.h"

/* `grown`: with the last run of a series that can be fitted, else NULL. */
void record_print(const struct options *options, const struct result *result,
                  const struct series *grown);

#endif

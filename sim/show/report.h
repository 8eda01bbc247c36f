/* SPDX-License-Identifier: MIT */
/* Results as a table, CSV or JSON Lines, and how they grow. */
#ifndef LOCKSIM_REPORT_H
#define LOCKSIM_REPORT_H

#include "sim/options.h"
#include "sim/result.h"

/* The heading: what was simulated. */
void report_begin(const struct options *options);

/* One result, as soon as there is one. */
void report_result(const struct options *options, const struct result *result);

/* The end: of a sweep, how each primitive grows with the processors. */
void report_end(const struct options *options);

/* On a terminal, what is under way. */
void report_progress(const char *primitive, unsigned processors);

#endif

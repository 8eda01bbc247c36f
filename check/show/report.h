/* SPDX-License-Identifier: MIT */
/* Executions in words: for people. */
#ifndef LOCKCHECK_REPORT_H
#define LOCKCHECK_REPORT_H

#include <stdio.h>

#include "check/explore/explore.h"

/* Shows a wrong execution: what is wrong and where, what led to it as a table, what the
   program printed. Of a long table only a part is shown, unless `whole`; `columns` is the
   width of the screen. */
void report_failure(FILE *out, const struct explore_options *options,
                    struct explore_result *result, bool whole, bool colour,
                    unsigned columns);

/* Whether x86 processors have no such execution, or nothing is wrong with it there; and
   what is said of that. */
bool is_beyond_x86(const struct explore_options *options, struct explore_result *result);
#define BEYOND_X86 "x86 alone would not show this; a compiler, or another processor, may"

/* Says how to look at it further. */
void report_advice(FILE *out);

/* An execution in one line: no two have the same. */
void report_line(FILE *out, const struct graph *graph);

#endif

/* SPDX-License-Identifier: MIT */
/* --brief: what is found in a line each, as compilers print it: for editors and CI. */
#ifndef LOCKCHECK_BRIEF_H
#define LOCKCHECK_BRIEF_H

#include <stdio.h>

#include "check/explore/explore.h"

/* "file:line:column: kind: text"; a place that is not known is left out. */
void brief_line(FILE *out, const void *site, const char *kind, const char *text);

/* What is wrong, an error, and what belongs to it, notes. */
void brief_failure(FILE *out, const struct explore_options *options,
                   struct explore_result *result);

#endif

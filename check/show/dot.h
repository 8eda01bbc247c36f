/* SPDX-License-Identifier: MIT */
/* A wrong execution as a picture, for Graphviz. */
#ifndef LOCKCHECK_DOT_H
#define LOCKCHECK_DOT_H

#include "check/explore/explore.h"

/* Writes the rows that report_failure shows, with their numbers, as a directed graph: a
   box a thread. Returns 0, or -1 with a line on `err`. */
int dot_write(const char *path, const struct explore_options *options,
              struct explore_result *result);

#endif

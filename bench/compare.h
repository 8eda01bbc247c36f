/* SPDX-License-Identifier: MIT */
/* `lockbench compare A B`: whether what was measured differs. */
#ifndef LOCKBENCH_COMPARE_H
#define LOCKBENCH_COMPARE_H

#include "bench/options.h"

/* Prints the comparison; returns the program's status: STATUS_WRONG if something is worse
   in the second file, else STATUS_NO_VERDICT if of something in both nothing can be
   said. */
int compare_results(const struct options *options);

#endif

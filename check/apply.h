/* SPDX-License-Identifier: MIT */
/* lockcheck --weaken --apply: a patch with a program's weakest orders. */
#ifndef LOCKCHECK_APPLY_H
#define LOCKCHECK_APPLY_H

#include "check/operations.h"

/* Returns the exit status. */
int apply(const struct options *options, const struct explore_options *how,
          const struct operation *operations, size_t number, const struct check *checks,
          size_t count);

#endif

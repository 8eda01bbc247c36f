/* SPDX-License-Identifier: MIT */
/* Locks and barriers of the user's own. */
#ifndef LOCKSIM_OWN_H
#define LOCKSIM_OWN_H

#include <stdbool.h>

#include "common/own.h"
#include "sim/options.h"

/* Reads, builds and loads the files, together with the library. Returns false where that
   went wrong, after a line that says why. */
bool own_load(const struct options *options);

/* The classes of a family, NULL at the end: none where no files were loaded. */
const void *const *own_classes(enum own_family family);

#endif

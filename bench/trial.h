/* SPDX-License-Identifier: MIT */
/* The user's own locks, tried before they are measured. */
#ifndef LOCKBENCH_TRIAL_H
#define LOCKBENCH_TRIAL_H

#include "bench/options.h"

/* Runs each of the user's for a moment, in a process of its own. One that crashes, ends
   the program or hangs is marked as broken, and one that is not for so many threads with
   the most that it is for; a line says so. Returns whether all went well. */
bool trials_make(struct options *options);

#endif

/* SPDX-License-Identifier: MIT */
/* locksim run: a program of the user's. */
#ifndef LOCKSIM_RUN_H
#define LOCKSIM_RUN_H

#include "sim/options.h"

/* Compiles and loads it: once. Returns 0, or a status to exit with. */
int run_load(const struct options *options);

/* Runs it on `count` processors; `status` is what it ended with. */
void run_program(const struct options *options, unsigned count, struct result *result,
                 int *status);

#endif

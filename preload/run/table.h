/* SPDX-License-Identifier: MIT */
/* The table of --each. */
#ifndef PRELOAD_RUN_TABLE_H
#define PRELOAD_RUN_TABLE_H

#include "preload/run/each.h"

void print_outcomes(const struct options *options, const struct outcome *outcomes);

#endif

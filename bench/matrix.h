/* SPDX-License-Identifier: MIT */
/* How long a cache line takes between processors. */
#ifndef LOCKBENCH_MATRIX_H
#define LOCKBENCH_MATRIX_H

#include <stdio.h>

#include "bench/options.h"
#include "bench/team.h"

/* Measures it between all pairs of `count` processors, or many of each level if there are
   too many, and prints it. */
void print_matrix(FILE *file, const struct options *options,
                  const lks_topology_t *topology, const unsigned *processors,
                  unsigned count);

#endif

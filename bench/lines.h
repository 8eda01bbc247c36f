/* SPDX-License-Identifier: MIT */
#ifndef LOCKBENCH_LINES_H
#define LOCKBENCH_LINES_H

#include <stddef.h>

/* A number of whole cache lines, filled with zeros, to be freed; ends the program where
   there is no memory. */
void *allocate_lines(size_t bytes);

#endif

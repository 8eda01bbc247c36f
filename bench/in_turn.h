/* SPDX-License-Identifier: MIT */
/* Two programs that are launched in turn, to be compared. */
#ifndef LOCKBENCH_IN_TURN_H
#define LOCKBENCH_IN_TURN_H

#include <stdbool.h>

#include "bench/results.h"

/* Whether the file is a program, and not one of results. */
bool is_program(const char *path);

/* Launches both so many times, with the options (NULL at the end), and adds what they
   have measured to the results, whose paths they are. Ends the program, with a line,
   where one of them does not measure. */
void launch_in_turn(struct results results[2], const char *const *options,
                    unsigned launches);

#endif

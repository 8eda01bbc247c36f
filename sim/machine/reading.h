/* SPDX-License-Identifier: MIT */
/* Machines by name, and a list of them. */
#ifndef LOCKSIM_READING_H
#define LOCKSIM_READING_H

#include "sim/machine/machine.h"

/* Fills in the machine of that name, or from a file if the name has a '/' or a '.'.
   Returns false with a line on stderr that says what is wrong (file:line: …). */
bool machine_read(struct machine *machine, const char *name);

/* The machines that are compiled in: prints a table; prints the text of one. */
void machine_list(void);
bool machine_show(const char *name);

#endif

/* SPDX-License-Identifier: MIT */
/* --trace: a line for each access. */
#ifndef LOCKSIM_TRACE_H
#define LOCKSIM_TRACE_H

#include "sim/simulate.h"

/* Opens the file ("-": standard output); ends the process, with a line, if it cannot.
   `changed`: what of the machine, or NULL. */
void trace_open(const char *path, const char *on, const char *changed);

/* A run begins: a heading that names it ("mcs, 8 processors"). */
void trace_begin(const char *title);
void trace_access(const struct seen *seen);

/* Writes what is left; ends the process, with a line, when that fails. */
void trace_close(void);

#endif

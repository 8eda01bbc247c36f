/* SPDX-License-Identifier: MIT */
#ifndef LOCKSIM_PARAMETERS_H
#define LOCKSIM_PARAMETERS_H

#include "sim/machine/machine.h"

/* Sets one parameter, "key=value"; `where` goes before the message if that is wrong. */
bool machine_set(struct machine *machine, const char *assignment, const char *where);

/* Whether the machine's text, or the command line, has set one that is a number. */
bool parameter_given(const struct machine *machine, const char *key);

#endif

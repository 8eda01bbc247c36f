/* SPDX-License-Identifier: MIT */
#ifndef LOCKSIM_PARAMETERS_H
#define LOCKSIM_PARAMETERS_H

#include "sim/machine/machine.h"

/* Sets one parameter, "key=value"; `where` goes before the message if that is wrong. */
bool machine_set(struct machine *machine, const char *assignment, const char *where);

#endif

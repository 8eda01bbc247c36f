/* SPDX-License-Identifier: MIT */
#ifndef LOCKSIM_TOPOLOGY_H
#define LOCKSIM_TOPOLOGY_H

#include "sim/machine/machine.h"

/* Nodes, cores and distances of a real machine, from lstopo's XML; for a numa machine. */
bool machine_read_topology(struct machine *machine, const char *path);

#endif

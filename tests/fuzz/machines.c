/* SPDX-License-Identifier: MIT */
/* Machines' texts, and topologies of real ones. */
#include <string.h>

#include "sim/machine/reading.h"
#include "sim/machine/topology.h"
#include "tests/fuzz/takes.h"
#include "virtual/program/tool.h"

FILE *vm_out, *vm_err;

bool takes(const char *kind, const char *path)
{
    static struct machine machine;
    vm_out = stdout;
    vm_err = stderr;
    bool is_text = strcmp(kind, "machine") == 0;
    return machine_read(&machine, is_text ? path : "numa") &&
           (is_text || machine_read_topology(&machine, path)) && machine_check(&machine);
}

/* SPDX-License-Identifier: MIT */
/* Inline assembly that is not known (program/inline_assembly.h), on any machine. */
#include "virtual/ground/operations.h"
#include "virtual/instrument.h"
#include "virtual/program/tool.h"

/* Behind the call lies what it stands for. */
void vm_assembly_refused(void)
{
    const char *statement = __builtin_return_address(0);
    instrument_refuse(vm_site_in_program(statement),
                      "inline assembly (\"%s\") cannot be %s; use <stdatomic.h>",
                      statement, vm_purpose);
}

/* SPDX-License-Identifier: MIT */
/*
 * locksim, which says in the end how often it has let a thread run: what simulating takes
 * the most time for.
 */
#include <stdio.h>

#include "virtual/program/tool.h"
#include "virtual/virtual.h"

/* The linker puts the one in place of the other. */
void __real_vm_run(unsigned processor);
void __wrap_vm_run(unsigned processor);
void __real_scratch_remove(void);
void __wrap_scratch_remove(void);

static unsigned long runs;

void __wrap_vm_run(unsigned processor)
{
    runs++;
    __real_vm_run(processor);
}

void __wrap_scratch_remove(void)
{
    (void)fprintf(vm_err, "runs: %lu\n", runs);
    __real_scratch_remove();
}

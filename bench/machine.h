/* SPDX-License-Identifier: MIT */
/* The machine and the system that results are from, for programs that read them. */
#ifndef LOCKBENCH_MACHINE_H
#define LOCKBENCH_MACHINE_H

#include <jansson.h>

/* An object; what the system does not tell is null in it. Call it before the thread is
   bound to a processor. */
json_t *machine_facts(void);

#endif

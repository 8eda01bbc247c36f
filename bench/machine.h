/* SPDX-License-Identifier: MIT */
/* The machine and the system that results are from, for programs that read them. */
#ifndef LOCKBENCH_MACHINE_H
#define LOCKBENCH_MACHINE_H

#include <jansson.h>
#include <time.h>

/* An object; what the system does not tell is null in it. Call it before the thread is
   bound to a processor. */
json_t *machine_facts(void);

/* Sets in a record when, where and on which machine it was measured. */
void set_origin(json_t *record, json_t *machine, time_t started);

#endif

/* SPDX-License-Identifier: MIT */
/* Who runs, and how a run ends. */
#ifndef LOCKCHECK_SCHEDULE_H
#define LOCKCHECK_SCHEDULE_H

#include "check/explore/run.h"

/* Runs the program along a graph, and, if `extend`, on to an end. */
enum outcome run_along(struct graph *graph, bool extend);

/* Runs along the graph that is to go on, and extends it. */
enum outcome run_newest(void);

#endif

/* SPDX-License-Identifier: MIT */
/* Who runs, and how a run ends. */
#ifndef LOCKCHECK_SCHEDULE_H
#define LOCKCHECK_SCHEDULE_H

#include "check/explore/run.h"

/* Runs the program along a graph, and, if `extend`, on to an end. */
enum outcome run_along(struct graph *graph, bool extend);

#endif

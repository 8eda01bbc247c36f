/* SPDX-License-Identifier: MIT */
/* What the program calls: threads, choices, the heap; and what is found to be wrong. */
#ifndef LOCKCHECK_CALLS_H
#define LOCKCHECK_CALLS_H

#include "check/explore/run.h"

/* Makes a thread ready, which the event `creator` has created. */
void start(unsigned thread, void (*function)(void *), void *argument, event_id creator);

#endif

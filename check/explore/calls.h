/* SPDX-License-Identifier: MIT */
/* What the program calls: threads, choices, the heap; and what is found to be wrong. */
#ifndef LOCKCHECK_CALLS_H
#define LOCKCHECK_CALLS_H

#include "check/explore/run.h"

/* Makes a thread ready, which the event `creator` has created. */
void start(unsigned thread, void (*function)(void *), void *argument, event_id creator);

/* A try of the running thread's wait has failed: whether it goes on, if it may, or if
   the graph has it so. */
bool fails_and_goes_on(bool may_go_on);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A thread looks at others until they wait (instrument_others_wait, instrument_waits), so
 * that a client knows which was there first.
 *
 * At all others: until none can go on by itself. Each waits for what another one does, or
 * has ended. The thread looks when nothing else is left to do, and what the others have
 * done until then happens before what it does next.
 *
 * At one that is about to wait where a thread has been found so before: until a try of
 * that wait fails, whatever others are about to do. What that one has done until then
 * happens before what the thread does next.
 *
 * But for the tries that fail: each might as well not have been (failed_tries.h), and is
 * not in the way of a write that comes later.
 */
#ifndef LOCKCHECK_OTHERS_WAIT_H
#define LOCKCHECK_OTHERS_WAIT_H

#include "check/explore/run.h"

/* A try of the running thread fails, there in the program; it begins with that event, or
   (UINT32_MAX) it is not known with which. */
void others_wait_fails(uint32_t from, const void *site);

/* No thread can go on but one that looks at all others: adds what it sees to the graph.
   Returns false if the execution is not worth going on with: another one is like it,
   where no try has read what is out of date. */
bool others_wait_add(unsigned looking);

/* The thread that is to run before others, as another one looks at it, or as it has
   something to see; or VM_NOBODY. When no other can go on, one that has looked for
   nothing. */
int others_wait_next(void);
int others_wait_for_nothing(void);

/* Of each thread: it is about to be probed, if it waits; it reads; it is stuck. */
void others_wait_probe(unsigned thread);
void others_wait_read(const struct vm_operation *operation);
void others_wait_stuck(unsigned thread);

#endif

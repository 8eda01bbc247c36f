/* SPDX-License-Identifier: MIT */
/*
 * Idle turns: turns of a loop that change a location and put back what was there; they
 * add and take back, or swap and swap back. Where no other thread has read what was there
 * in between, the turn might as well not have been: its thread stays behind it, as in a
 * failed try. doc/lockcheck-loops.7 has the rule, and why nothing is lost.
 *
 * The first search only finds out at which location there are such turns. The next one
 * leaves them out there; and looks for an access that may come to see what an idle turn
 * has put there although it depends on what the thread has done behind it. If there is
 * one, the search begins again without all this.
 */
#ifndef LOCKCHECK_IDLE_TURNS_H
#define LOCKCHECK_IDLE_TURNS_H

#include "check/explore/run.h"
#include "check/explore/suspects.h"

/* The running thread is about to read where and in the state in which it was in front of
   its event `first`. If what it has done since is an idle turn it stays here, to probe
   whether it goes on in the end. Returns only if it goes on: whether it is one, which
   another thread has looked into. */
bool idle_turn(uint32_t first);

/* Whether a read may have that source: not one within an idle turn that its thread has
   gone on behind, as another event has looked into it that is higher. */
bool idle_turns_may_read(event_id read, event_id source);

/* The running thread's next event reads the location. */
void idle_turns_read(uint32_t location);

/* The running thread, to probe, reads there: if another one stays behind an idle turn
   there it is not sure what it reads (run.probe_unsure). */
void idle_turns_probe(const void *address);

/* A thread, loose on others, accesses memory, or frees that from 8 * `first` to before
   8 * `end`. */
void idle_turns_touch(struct touch touch);
void idle_turns_free(uintptr_t first, uintptr_t end);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Locks that threads wait for: who has which turn.
 *
 * An operation that waits until it writes (struct vm_operation, `waits`) is added to the
 * graph when it can: when there is a write of its expected value that no other has taken.
 * Until then its thread waits, with nothing in the graph but since when. No execution is
 * explored in which a thread waits for a lock that is free.
 *
 *   Where a lock is given back the decision is made who of those that wait has it next:
 *   the lowest thread, and each of the others as an item for later.
 *
 *   A thread that comes to the lock after that may have had that turn, too, and any one
 *   before: an item for each, with which the one that had it, and what was added since
 *   and is not needed, is dropped (a revisit, and under the same condition). The one that
 *   had the turn then waits.
 *
 * A turn that was given to a thread by an item is marked (`handed`): a revisit does not
 * drop it, as it has not come about by itself. For no turn is decided twice: the graph
 * says since when a thread waits, and what was decided before it did is not its concern.
 * That the turns before one are what it depends on (the holder alone gives the lock back)
 * is what makes this right.
 */
#ifndef LOCKCHECK_LOCKS_H
#define LOCKCHECK_LOCKS_H

#include "check/explore/run.h"

/* Adds the running thread's next event, an operation that waits; NULL: at the end, when
   it still does. */
struct event *add_lock(const struct vm_operation *operation, uint32_t location);

/* Whether a thread that waits for a lock can have it. */
bool can_lock(unsigned thread);

/* The running thread is about to have a turn; or it has just had it by an update that
   does not wait: those that wait may revisit that. Returns how many items are left for
   them. */
unsigned push_waiting(uint32_t location, event_id source);

/* Whether another thread than the running one is to add the next event: one that waits
   for a lock that it can have, or one that is lower and can go on again. */
bool is_others_turn(void);

/* At the end: what they wait for is put into the graph, for the reader. */
void show_waits(void);

/* The same of reads with which the tries fail of those that are GIVING_WAY. */
void show_failed_tries(void);

#endif

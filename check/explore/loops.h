/* SPDX-License-Identifier: MIT */
/*
 * Waiting loops that a program wrote by hand, recognised as they run.
 *
 * Before each atomic access that reads, the thread's own state is compared with what it
 * was at earlier such points: the place in the code, the registers that a call preserves,
 * the stack, and the access (what it is made of may be dead by then: in a walk through a
 * list the element before the next one). If it is the same and the thread has done
 * nothing since that lasts, it has come back to where it was: a try of a wait has failed.
 */
#ifndef LOCKCHECK_LOOPS_H
#define LOCKCHECK_LOOPS_H

#include "check/explore/graph.h"

/* Begins a new execution; the last one had so many threads. */
void loops_begin(unsigned threads);

/* Whether two operations are the same, as the program has them. */
bool same_operation(const struct vm_operation *a, const struct vm_operation *b);

/* The thread is about to read, where and in the state that vm_registers has: by this
   operation, or (NULL) in a call. Returns whether it has been here before in the same
   state, with nothing done since. */
bool loops_closed(unsigned thread, const struct vm_operation *operation);

/* If so: the thread's event that the try begins with. */
extern uint32_t loops_closed_from;

/* Whether the thread was here before that event, which it has made since its last effect:
   at the same call, with as much on its stack. */
bool loops_is_place_of(unsigned thread, uint32_t event);

/* Whether it has been here before in the same state, as loops_closed has just found, but
   has since changed what it may have put back: all since its event *first. *looks: it has
   read plainly what is not its own. */
bool loops_turned(unsigned thread, uint32_t *first, bool *looks);

/* The thread has done something that lasts: what was before is forgotten. */
void loops_effect(unsigned thread);

/* The same by a read-modify-write of `source`, which it may take back: the turn that this
   is a part of is not forgotten. */
void loops_update(unsigned thread);

/* The same by a store that puts back what such a read-modify-write has replaced. */
void loops_give_back(unsigned thread);

/* The thread's event in front of which it was at the earliest since it has done something
   that lasts. */
uint32_t loops_oldest(unsigned thread);

/* The thread goes on behind a turn: one that follows begins here at the earliest. */
void loops_pass(unsigned thread);

/* Plain reads by each thread of what is not its own; and writes there that have changed
   nothing. */
extern uint32_t loops_shared_reads[MAX_THREADS], loops_wrote[MAX_THREADS];

#endif

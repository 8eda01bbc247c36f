/* SPDX-License-Identifier: MIT */
/*
 * Threads that are alike: of the executions that differ only in which of them did what,
 * one is explored. doc/lockcheck-symmetry.7 has the rule, and why no behaviour is lost.
 *
 * Alike are threads that the same thread has created, one right after the other, with the
 * same function and argument. As long as two of them have done the same, the one that was
 * created first goes first: each event of the other has a twin, the first one's event at
 * the same place, and depends on it. Where they part, the first one's event stands first
 * in modification order. So that this is right nobody may be able to tell the threads
 * apart: if somebody is, the search begins again without this.
 */
#ifndef LOCKCHECK_EXPLORE_SYMMETRY_H
#define LOCKCHECK_EXPLORE_SYMMETRY_H

#include "check/explore/run.h"
#include "check/explore/suspects.h"

/* A thread is about to begin, perhaps in the place of another one. */
void symmetry_begin(unsigned thread);

/* A thread was created by the event: of all those that it has created, those of one kind
   begin alike. */
void symmetry_create(unsigned thread, unsigned kind, event_id creator);

/* The running thread is about to add an event: its twin goes into self()->twin. Returns
   whether others have to go on first; `last`: there are none. */
bool symmetry_waits(bool last);

/* Whether one that is like the running thread still waits for the lock that this one
   comes to: then all there are wait. */
bool symmetry_waits_for_lock(void);

/* Whether it is of no use to let a thread go on that waits for others: its twin stays in
   a failed try for good. */
bool symmetry_is_useless(unsigned thread);

/* Whether an event that has a twin may be so: read that source, be written behind
   `before`; or whether an execution like it is explored instead. */
bool symmetry_may_read(event_id id, event_id source, bool spurious);
bool symmetry_may_stand(event_id id, event_id before);
bool symmetry_may_choose(event_id id);

/* Whether the new write `by`, put behind `before`, may be read by `read`. */
bool symmetry_may_revisit(event_id read, event_id by, event_id before);

/* The running thread is told which one it is. */
void symmetry_know_oneself(void);

/* The running thread is about to wait for the end of another one, and then has its result
   (`looks`: if it looks at it); or, itself, has ended. */
void symmetry_join(unsigned thread);
void symmetry_look_at_result(unsigned thread);
void symmetry_end(void);

/* An access of thread `after` happens after one of thread `before`, whose next event, or
   which itself, has that index plus one; they conflict. */
void symmetry_ordered(unsigned before, uint32_t epoch, unsigned after);

/* The running thread adds an event. */
void symmetry_add(enum event_kind kind);

/* No thread can go on: looks at what has not been compared yet. */
void symmetry_finish(void);

/* The touch as it would be by the first of those that are like its thread, and in the
   memory of the first, too: but for its place in their own memory, and whether that is
   the thread's, it is not told whose it is. So touches by different threads may become
   ones by the same. */
struct touch symmetry_first_touch(struct touch touch);

/* How many executions differ from this complete one only in which of the threads that are
   alike did what, itself counted; an upper bound if *exact is set to false. */
uint64_t symmetry_count(bool *exact);

#endif

/* SPDX-License-Identifier: MIT */
/* The steps of a read-modify-write after it has read, as graph.h draws them (enum
   progress); and those of a plain write, which is announced before it is made. */
#ifndef LOCKCHECK_UPDATES_H
#define LOCKCHECK_UPDATES_H

#include "check/explore/run.h"

/* UNRESOLVED → DONE, HALF: the running thread's next event, a read that has its source.
   What does the operation do with it? */
void resolve(struct event *event, const struct vm_operation *operation);

/* HALF → PENDING or DONE: the event that was just executed is to write, unless it turns
   out to be silent. */
void write_or_wait(event_id id);

/* What was left open at the running thread's last event is decided now: all of it, or
   only the value of a plain write. Called whenever the program does something. */
void settle(void);
void settle_plain(void);

/* PENDING → SILENT: the try of a wait that the running thread is in has failed. */
void settle_silent(void);

/* Whether an update that may turn out to be silent must be decided before a plain read:
   if it had to write, it might have been impossible, and the read must not be judged. */
bool may_be_impossible(void);

/* Fills in what a graph that was read from a file does not say: places in the code, and
   values, which may be addresses. */
void note_operation(struct event *event, const struct vm_operation *operation);

/* After a write was executed: memory holds the newest of those that were. */
void write_memory(const struct event *event);

#endif

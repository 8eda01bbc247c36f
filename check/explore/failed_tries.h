/* SPDX-License-Identifier: MIT */
/* Failed tries of waits, and whether a thread that waits would go on in the end. */
#ifndef LOCKCHECK_FAILED_TRIES_H
#define LOCKCHECK_FAILED_TRIES_H

#include "check/explore/run.h"

/* The thread has done something that lasts: a try of a wait begins here at the
   earliest. */
void begin_try(unsigned thread);

/* The same after an update, if it has changed anything; but that may be taken back
   (idle_turns.h). */
void note_change(event_id update);

/* The same when a store takes back such a change. */
void note_return(unsigned thread);

/* The thread is about to write plainly, not on its own stack, and to no atomic. If its
   next step finds that this has changed nothing (note_written) it may be of a try. */
enum { MOST_SILENT = 16 };
void note_write(unsigned thread, const void *address, size_t size);
void note_written(unsigned thread);

/*
 * A try of a wait of the running thread has failed. The thread stays here for the rest of
 * the execution: when a write comes that it could have read instead, it is revisited. Had
 * the last read of the try passed over a newer write, that cannot be: the try might as
 * well not have been, and the execution is not worth going on with.
 *
 * The try began with the thread's event `from`; 0: that is not known.
 *
 * Returns whether the thread goes on nevertheless, as suspected tries do in an execution
 * of their own (suspects.h); or only to probe.
 */
bool try_failed(uint32_t from);

/* For what a try of the running thread that fails here, and began with the event `from`
   or 0, is suspected, in a search that looks into it (suspects.h). `rehearsed`: with what
   has just been accessed in a rehearsal (spins_accesses). */
unsigned try_is_suspected(uint32_t from, bool rehearsed);

/* The running thread's last read makes the execution one that is like another. It stays
   for the rest of it: a later write may still revisit the read. */
_Noreturn void try_is_known(void);

/* A try of a wait has failed after a read there; whether one has. */
void note_wait(const void *site);
bool is_in_wait(const void *site);

/* An atomic operation while probing: it reads the newest write. */
uint64_t probe_atomic(const struct vm_operation *operation);

/* A plain access while probing. */
void probe_plain(bool changes);

/* What the thread has changed by its last write while it was probed is put back. */
void probe_ends(unsigned thread);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Turns of a loop that take locks, look, and give the locks back: nobody polls without
 * one. Such a turn changes nothing that another thread could see, but how often the locks
 * were taken; its thread stays behind it, as in a failed try. doc/lockcheck-loops.7 has
 * the rule, and why nothing is lost.
 *
 * A lock is what looks like one: a word that is taken by a read-modify-write of one value
 * (free) and given back by the same thread. The first search only finds the words that
 * are taken in such turns. The next one leaves the turns out, and sees to it that these
 * words are locks, and that no thread goes on behind having seen that one was taken. If
 * either is not so the search begins again without all this.
 *
 * In place of locks a turn may have words that its thread has written, and writes once
 * more: a try to take a queue lock, which prepares the node again.
 */
#ifndef LOCKCHECK_LOCK_TURNS_H
#define LOCKCHECK_LOCK_TURNS_H

#include "check/explore/run.h"

/* The running thread is about to read where and in the state in which it was in front of
   its event `first`. If all that it has done since is to take locks, to look and to give
   the locks back, it stays here, to probe whether it goes on in the end: returns if it is
   no such turn. `operation` is what it is about to do. */
void lock_turn(uint32_t first, const struct vm_operation *operation);

/* Whether a store of the running thread puts back what its last write there, a
   read-modify-write, has replaced: it gives back a lock. Or it writes once more what that
   has written. */
bool lock_turns_gives_back(const struct vm_operation *operation, uint32_t location);

/* The running thread comes to read there; has written; and goes on, whatever its last
   event has read. */
void lock_turns_read(const struct vm_operation *operation);
void lock_turns_wrote(event_id write);
void lock_turns_goes_on(void);

/* Something is met that such turns cannot be left out for. */
void lock_turns_refuse(void);

/* Whether another thread than the running one stays behind a turn in which it takes that
   lock. */
bool lock_turns_at(const void *address);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Deadlocks: threads of which each waits for what another one of them has, or that waits
 * for what nobody can give back. They stay, whatever the other threads do.
 */
#ifndef LOCKCHECK_DEADLOCKS_H
#define LOCKCHECK_DEADLOCKS_H

#include "check/explore/run.h"

/* At the end of a run: of the threads that wait, leaves those that are in a deadlock of
   mutexes, spin locks or readers-writer locks, or wait for the end of one that is.
   Returns how many. */
unsigned deadlocks_find(bool *waits);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Waiting loops that a program wrote by hand, recognised as they run.
 *
 * Before each atomic access that reads, the thread's own state is compared with what it
 * was at earlier such points: the place in the code, the registers that a call preserves,
 * the stack. If it is the same and the thread has done nothing since that lasts, it has
 * come back to where it was: a try of a wait has failed.
 */
#ifndef LOCKCHECK_LOOPS_H
#define LOCKCHECK_LOOPS_H

#include <stdbool.h>
#include <stddef.h>

/* Begins a new execution. */
void loops_begin(void);

/* The thread is about to read, where and in the state that vm_registers has. Returns
   whether it has been here before in the same state, with nothing done since. */
bool loops_closed(unsigned thread);

/* The thread has done something that lasts: what was before is forgotten. */
void loops_effect(unsigned thread);

#endif

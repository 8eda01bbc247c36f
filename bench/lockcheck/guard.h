/* SPDX-License-Identifier: MIT */
/* Signals: what the program does wrong natively, what the user asks for, and time. */
#ifndef LOCKCHECK_GUARD_H
#define LOCKCHECK_GUARD_H

/* Crashes of the program become failures of the execution; an interrupt stops the
   exploration; a thread that computes without end is given up. Once a process. */
void guard_begin(void);

#endif

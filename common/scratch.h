/* SPDX-License-Identifier: MIT */
/* A directory of the tool's own, in which it compiles. */
#ifndef LOCKSTEP_COMMON_SCRATCH_H
#define LOCKSTEP_COMMON_SCRATCH_H

/* Exists from now on, until it is removed or the process ends by exit or by a signal that
   asks it to. The process ends if it cannot be made. */
const char *scratch_directory(void);
void scratch_remove(void);

/* From a signal handler: removes it, unless the process that has made it is there to do
   so, and ends the process. */
_Noreturn void scratch_leave(int signal_number);

#endif

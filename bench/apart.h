/* SPDX-License-Identifier: MIT */
/* A process of its own for what a user's lock does: whatever becomes of it, lockbench
   goes on. */
#ifndef LOCKBENCH_APART_H
#define LOCKBENCH_APART_H

#include <stddef.h>
#include <sys/types.h>

/* Zeroed memory that a process of its own shares with this one. */
void *shared_memory(size_t size);

/*
 * Calls part(argument) in a process of its own. Returns NULL if it came to its end, else
 * what it did, until the next call: it hangs, if it takes more than so many seconds,
 * or of its processors if these are not 0; it crashes; it ends the program.
 */
const char *run_apart(void (*part)(void *), void *argument, unsigned wall_seconds,
                      unsigned processor_seconds);

/* Ctrl-C, SIGTERM and SIGHUP end the measuring, unless lockbench was started with them
   ignored. A second one ends the program at once. */
void catch_interrupt(void);

/* Starts lockbench anew. Returns 0, or an errno value. SIGUSR1 waits until that one has
   called catch_interrupt, else it would end of it. */
int start_process(pid_t *process, const char *program, char *const *argv);

/* Waits until a process has ended, and returns its status. Ctrl-C has met both where a
   terminal sent it; where it has not, SIGUSR1 tells the other one. */
int await_process(pid_t process);

#endif

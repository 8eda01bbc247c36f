/* SPDX-License-Identifier: MIT */
/* Cancelling threads, in programs that do. */
#ifndef LOCKSTEP_VIRTUAL_CANCELLATION_H
#define LOCKSTEP_VIRTUAL_CANCELLATION_H

#include "virtual/threads/threads.h"

/* Whether the program has pthread_cancel; and C++. Loading it says so. */
extern bool vm_has_cancel, vm_has_cxx;

/* Whether the running thread is to end here, for waits: an access, if it may be. */
bool vm_is_cancelled(struct vm_call call);

/* It ends so. */
_Noreturn void vm_end_cancelled(void);

/* Ends it if it is to end. */
void vm_cancellation_point(struct vm_call call);

/* Where POSIX leaves that open: both. */
void vm_possible_cancellation_point(const char *name, const void *site);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Misuse that a lock or barrier can notice, in programs and libraries compiled with
 * LKS_CHECKED: it ends the program (abort) with one line on stderr that says what was
 * wrong, in which function, and with which object. Without LKS_CHECKED nothing is tested
 * and nothing is paid. An object looks the same either way, but all the sources that use
 * it must be compiled with LKS_CHECKED, or none: for locks and barriers by name, and with
 * -DLKS_INLINE=inline, the library is one of these (make CPPFLAGS=-DLKS_CHECKED).
 */
#ifndef LOCKSTEP_CHECK_H
#define LOCKSTEP_CHECK_H

#include <stdint.h>

#ifdef LKS_CHECKED
#define lks_check(right, otherwise, object)                                              \
    ((right) ? (void)0 : lks_misuse(__func__, (otherwise), (object)))
#else
#define lks_check(right, otherwise, object) ((void)0)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Returns the number of the calling thread: unique among the first 2³² − 3 threads,
   and never 0, 1 or 2. */
uint32_t lks_thread_number(void);

/* Ends the process, in every build, if it has a second copy of the library, whose mutexes
   would know nothing of those that wait in this one. Called when a copy is loaded. */
void lks_refuse_copies(void);

/* Prints "lockstep: FUNCTION: WHAT (object ADDRESS)" and aborts. */
void lks_misuse(const char *function, const char *what, const volatile void *object);

#ifdef __cplusplus
}
#endif

#endif

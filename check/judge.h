/* SPDX-License-Identifier: MIT */
/*
 * Two processes: the judge, which the user has started, and the worker, which compiles,
 * loads and runs the program. What the worker prints, and its status, reach the judge
 * through memory that both share, and that has no name and no number that a program could
 * use; all that the user sees comes from the judge. However the worker ends, without its
 * signature there is no verdict.
 */
#ifndef LOCKCHECK_JUDGE_H
#define LOCKCHECK_JUDGE_H

#include "check/options.h"

/* Splits into the two. Returns in the worker, whose vm_out and vm_err lead to the judge;
   the judge ends the process itself. */
void judge_begin(const struct options *options);

/* The worker, or one of its jobs, has come to its end, with that exit status. */
_Noreturn void judge_sign(int status);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Several processes on one exploration. A process that has work to spare forks when fewer
 * than `jobs` are at work; the child takes the oldest item (the most work) with it. What
 * they have counted is added up in shared memory.
 *
 * No work is lost: a ledger in that memory has a line for each process at work, which the
 * process itself crosses out when it has done all of its work, and the balance of all
 * items left behind and taken up. It is looked through at the end.
 */
#ifndef LOCKCHECK_JOBS_H
#define LOCKCHECK_JOBS_H

#include "check/explore/explore.h"

enum { MOST_JOBS = 1024 };

/* Begins an exploration with up to that many processes. */
void jobs_begin(unsigned jobs);

/* Whether one more process may work. A hint: cheap, asked after every run. */
bool jobs_wanted(void);

/* Starts it, or not: there is no place for it, or the system does not let us. */
enum jobs_fork { JOBS_NO_FORK, JOBS_PARENT, JOBS_CHILD };
enum jobs_fork jobs_fork(void);

/* Adds what `result` has counted since the last call to the totals. */
void jobs_publish(const struct explore_result *result);

/* Whether the user has asked for an end, of this exploration and of those that were to
   follow; asking may be done by a signal handler. */
bool jobs_interrupted(void);
void jobs_interrupt(void);

/* Asks for such an end because the time is up. */
void jobs_end_time(void);

/* The runs of all processes up to now, those with an early return, and those that reached
   the bound; `own` are this one's. What the others have done since they last published is
   not in it. */
uint64_t jobs_runs(const struct explore_result *own);
uint64_t jobs_early_runs(const struct explore_result *own);
uint64_t jobs_bounded(const struct explore_result *own);

/* Whether one process has found something; the first to claim so prints it. */
bool jobs_found(void);
bool jobs_claim(void);

/* Keeps the first execution that is wrong, whichever process has found it, to be shown if
   no better one is found: jobs_kept, or NULL. There is none to begin with; or the first
   of the next search takes its place. */
void jobs_keep(const struct graph *graph);
struct graph *jobs_kept(void);
void jobs_keep_none(void);
void jobs_keep_another(void);

/* Whether the search is to begin again (enum begin_again), for what was met here or in
   another process. */
bool jobs_begin_again(const struct explore_result *result);

/* Whether a process has ended with work that was not done: nothing can be verified any
   more. */
bool jobs_lost(void);

/* The first process waits for the others. */
void jobs_wait(void);

/* The work of this process is done: a child ends here. The first process waits for the
   others and puts the totals into `result`; and into its `why` what is not as it should
   be: if nothing is left to do (`exhausted`), then nowhere. */
void jobs_end(struct explore_result *result, bool exhausted);

/* The totals so far. */
void jobs_totals(struct explore_result *result);

/* Zeroed, and the same in processes that are forked. */
void *jobs_shared_memory(size_t size);

#endif

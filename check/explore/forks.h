/* SPDX-License-Identifier: MIT */
/*
 * How much of the search is left: an estimate.
 *
 * Where an event could have been another one the search forks. The runs so far say how
 * large the parts of a fork are that are done. Of the one that is under way the same is
 * estimated, from the fork in it that is; and the ones to come are taken to be as large
 * as the ones that are done, after the first. The first one, with the event as it came,
 * is larger in general; until there is another one the ratio of the two is taken to be
 * what it was in the forks that are done, whose first part was about as large.
 */
#ifndef LOCKCHECK_FORKS_H
#define LOCKCHECK_FORKS_H

/* Begins anew, with one part of all there is. */
void forks_begin(void);

/* The newest `count` items are what else one event could have been. */
void note_fork(unsigned count);

/* The newest item is taken up. */
void forks_next(void);

/* The oldest item is given to another process; this is that process. */
void forks_drop_oldest(void);
void forks_keep_oldest(void);

/* How many runs are left. */
double forks_left(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How many runs the whole search has: an estimate from samples.
 *
 * A run leaves items behind, each of which leads to another run: a tree, whose nodes are
 * counted (P. C. Chen: Heterogeneous Sampling: A Method for Predicting the Performance of
 * Tree Searching Programs. SIAM Journal on Computing 21, 1992). Of those that are equally
 * far from the root, and keep about as many events, one is taken by chance and stands for
 * all: so many times what it leaves behind is there. On average that is the number of
 * runs; and one does not stand for others that are much larger. It is done by a process
 * of its own, for a fiftieth of the time, and what went before.
 */
#ifndef LOCKCHECK_PROBES_H
#define LOCKCHECK_PROBES_H

/* A search begins. */
void probes_begin(void);

/* Makes some, if it is time. */
void probes_make(void);

/* What share `runs` are of all; `to_come` is what forks.h knows of those that are left,
   which is better in the end. 0 where it is not known. */
double probes_share(double runs, double to_come);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How many runs the whole search has: an estimate from samples.
 *
 * A run leaves items behind, each of which leads to another run: a tree, whose nodes are
 * counted (P. C. Chen: Heterogeneous Sampling: A Method for Predicting the Performance of
 * Tree Searching Programs. SIAM Journal on Computing 21, 1992). Of those that are equally
 * far from the root, and keep as many events of each thread, one is taken by chance and
 * stands for all: so many times what it leaves behind is there. On average that is the
 * number of runs; and since those that are alike have about as many behind them, it is
 * seldom far from it. It is done by a process of its own: each time that the search has
 * taken twice as long, for a fiftieth of that.
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

/* SPDX-License-Identifier: MIT */
/*
 * Launches: lockbench started anew, so that where its memory comes to lie, and all else
 * that is settled once for a process, differs.
 *
 * The first process measures nothing. It starts the others one after the other, each of
 * which makes all runs that were asked for, and prints what they have found out.
 */
#ifndef LOCKBENCH_LAUNCHES_H
#define LOCKBENCH_LAUNCHES_H

#include "bench/options.h"
#include "bench/runs.h"

#include <time.h>

/* What a launch knows beside its runs. */
struct launch {
    struct conditions conditions; /* without the placement, if another process made it */
    time_t started;
    unsigned unsettled; /* runs that were thrown away, the processors having moved */
    unsigned disturbed; /* and those that were, since they had not been alone */
    bool complete;
    bool failed; /* something was broken */
    bool stuck;  /* something hangs, and burns the processors from now on */
};

/* Whether another process has launched this one. */
bool is_launched(void);

/* Of a process that another one has launched: takes over which competitors are not to be
   measured, and returns true. */
bool launched(struct options *options);

/* Gives the launching process what was found out. */
void hand_over(const struct options *options, const struct launch *launch,
               const struct runs *runs);

/* Makes launch options->launch, which adds its runs; what is broken is marked in the
   options. Returns false if it has come to nothing, with a line that says why. */
bool make_launch(struct options *options, char **argv, struct launch *launch,
                 struct runs *runs);

#endif

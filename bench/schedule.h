/* SPDX-License-Identifier: MIT */
/* Which runs are made, in which order, and how often. */
#ifndef LOCKBENCH_SCHEDULE_H
#define LOCKBENCH_SCHEDULE_H

#include "bench/options.h"
#include "bench/runs.h"
#include "bench/settings.h"

struct schedule {
    struct options *options; /* a competitor that is found to be broken is marked there */
    const struct settings *settings;
    const struct conditions *conditions;
    const unsigned *processors; /* of the probes, which are bound even if runs are not */

    struct runs runs;
    unsigned unsettled; /* runs that were thrown away, the processors having moved */
    unsigned disturbed; /* and those that were, since they had not been alone */
    unsigned busy;      /* slots in a row in which no run was undisturbed */
    unsigned round;
    unsigned contended,
        contended_done;    /* steps but those of one thread, and what these */
    uint64_t contended_ns; /* took until now, for the time left */
    unsigned steps;        /* for the progress line */
    unsigned steps_done;
    bool failed; /* something was broken */
    bool stuck;  /* something hangs, and burns the processors from now on */
};

/* Makes all runs, from a schedule whose first four members are set. */
void make_all_runs(struct schedule *schedule);

/* Whether there is no more to be measured: something hangs, or Ctrl-C was pressed. */
bool must_end(const struct schedule *schedule);

#endif

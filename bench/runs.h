/* SPDX-License-Identifier: MIT */
/* The runs that were made, and how near to each other the processors were in each. */
#ifndef LOCKBENCH_RUNS_H
#define LOCKBENCH_RUNS_H

#include "bench/measure.h"

/* How near to each other the processors were during a run. */
enum distance {
    ANY,  /* all the same, or one processor is all that is used */
    NEAR, /* a cache line moves about as fast as it ever did */
    FAR,  /* it takes more than three times that */
    DISTANCES
};

/* One run. */
struct run {
    struct setting setting;
    const char *name;
    unsigned launch;    /* the first is 1 */
    unsigned round;     /* of this launch; all competitors have a run in each */
    double transfer_ns; /* of a cache line, mean of before and after; NaN: not measured */
    enum distance distance; /* known when all runs are */
    double disturbance;     /* how much of it, from 0 to 1; see company.h */
    bool disturbed;         /* more than there may be */
    struct outcome outcome;
};

struct runs {
    struct run *items; /* to be freed */
    size_t count;
    size_t room;
};

/* Whether a cache line took about as long one time as the other. */
bool is_same_distance(double transfer_ns, double other_ns);

void add_run(struct runs *runs, const struct run *run);

/* How many runs of a competitor with a setting there are at this distance, as far as it
   is known by now. */
unsigned count_runs(const struct runs *runs, const struct setting *setting,
                    const char *name, enum distance distance);

/* Removes those runs that were disturbed of which there are others, undisturbed ones of
   the same competitor with the same setting at the same distance; after set_distances.
   Returns how many. */
size_t drop_disturbed(struct runs *runs);

/* Sets the distance of each run. Near and far have a meaning only where there
   are both. */
void set_distances(struct runs *runs);

#endif

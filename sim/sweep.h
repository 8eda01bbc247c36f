/* SPDX-License-Identifier: MIT */
/* Runs of the catalog in processes that make one after the other, several at a time: each
   depends on the options alone, so that it is the same there. */
#ifndef LOCKSIM_SWEEP_H
#define LOCKSIM_SWEEP_H

#include "sim/options.h"

/* One run, and what came of it. */
struct point {
    const struct primitive *primitive;
    unsigned processors;
    struct result result;
    bool over; /* it is there */
};

/* Makes all runs, up to `jobs` at a time, and calls `each` with them in their order: when
   it comes to wait for one (not `done`), and when that is there. Ends after one that was
   interrupted. */
void sweep(const struct options *options, struct point *points, size_t count,
           unsigned jobs,
           void (*each)(const struct options *options, const struct point *point,
                        bool done));

/* The processors that this process may use. */
unsigned sweep_processors(void);

#endif

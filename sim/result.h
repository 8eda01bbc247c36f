/* SPDX-License-Identifier: MIT */
/* What one run has measured. */
#ifndef LOCKSIM_RESULT_H
#define LOCKSIM_RESULT_H

#include "sim/counts.h"
#include "sim/machine/machine.h"

/* Of some duration, in cycles. */
struct distribution {
    uint64_t count;
    double mean;
    cycles median, p90, p99, longest;
};

enum scenario { LATENCY, QUEUE, STEADY, PROGRAM };
const char *scenario_name(enum scenario scenario); /* figures.c */

struct result {
    const struct machine *machine;
    const char *primitive; /* "mcs", or the program's file */
    bool is_barrier;
    enum scenario scenario;
    unsigned processors;
    uint64_t seed;
    cycles inside, outside; /* work in a critical section, and between; 0: a program */

    uint64_t passages;     /* acquisitions or episodes that were measured; a program: 0 */
    cycles cycles;         /* that they took */
    struct counts counts;  /* of all processors, in that time */
    double bus;            /* utilisation, 0 … 1 */
    double busiest_module; /* of the busiest one */
    double busiest_link;

    struct distribution waiting;  /* request to entry; barrier: arrival to leaving */
    struct distribution handover; /* release to next entry, while another waits */
    struct distribution holding;  /* entry to release: contention slows the holder, too */
    struct distribution release;  /* how long unlock takes */

    /* Fairness, over all acquisitions that were measured. */
    uint64_t fewest, most; /* acquisitions of one processor */
    double fairness;       /* Jain's index: 1 all alike, 1/processors one alone */
    uint64_t passed_over;  /* entries of others between a request and its entry: most */

    unsigned lines;     /* touched */
    bool interrupted;   /* what was measured until then */
    uint64_t simulated; /* accesses simulated, all of the run's */
};

#endif

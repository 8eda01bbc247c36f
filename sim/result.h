/* SPDX-License-Identifier: MIT */
/* What one run has measured. */
#ifndef LOCKSIM_RESULT_H
#define LOCKSIM_RESULT_H

#include "common/own.h"
#include "sim/counts.h"
#include "sim/machine/machine.h"

/* Of some duration, in cycles. */
struct distribution {
    uint64_t count; /* that ended */
    double mean;
    cycles median, p90, p99, longest;
    double beyond; /* the share of which is known only that it is longer than `longest` */
};

enum scenario { LATENCY, QUEUE, STEADY, PROGRAM };
const char *scenario_name(enum scenario scenario); /* figures.c */

/* Of a lock, all write. */
enum side { READING, WRITING, SIDES };

struct result {
    const struct machine *machine;
    const char *primitive;  /* "mcs", or the program's file */
    enum own_family family; /* a program: OWN_LOCK */
    enum scenario scenario;
    unsigned processors;
    uint64_t seed;
    cycles inside, outside; /* work in a critical section, and between; 0: a program */
    unsigned data;          /* lines that each critical section changes */

    double writes; /* of a reader-writer lock: how many acquisitions of a hundred */

    uint64_t passages;     /* acquisitions or episodes that were measured; a program: 0 */
    cycles cycles;         /* that they took */
    struct counts counts;  /* of all processors, in that time */
    double bus;            /* utilisation, 0 … 1 */
    double busiest_module; /* of the busiest one */
    double busiest_link;

    uint64_t unfinished;         /* waits not over at the end, which are in `waiting` */
    struct distribution waiting; /* request to entry; barrier: arrival to leaving */
    struct distribution waiting_of[SIDES]; /* of those that read, and that write */
    struct distribution handover; /* release to next entry, while another waits */
    struct distribution holding;  /* entry to release: contention slows the holder, too */
    struct distribution release;  /* how long unlock takes */

    /* Fairness, over all acquisitions that were measured. */
    uint64_t wrote;        /* of the passages */
    uint64_t fewest, most; /* acquisitions of one processor */
    unsigned never;        /* processors that had none */
    double fairness;       /* Jain's index: 1 all alike, 1/processors one alone */
    uint64_t passed_over;  /* entries of others between a request and its entry: most */
    uint64_t period; /* after so many, entries repeat in order and time; 0: they do not */

    cycles worked; /* inside critical sections, without accesses */
    cycles idle;   /* while all processors work outside */

    unsigned lines;     /* touched */
    bool interrupted;   /* what was measured until then */
    uint64_t simulated; /* accesses simulated, all of the run's */
};

#endif

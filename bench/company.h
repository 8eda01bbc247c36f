/* SPDX-License-Identifier: MIT */
/* Whether a run was alone on its processors. */
#ifndef LOCKBENCH_COMPANY_H
#define LOCKBENCH_COMPANY_H

#include <lockstep/topology.h>

#include "bench/presence.h"

/* Shares are from 0 to 1; NaN: not known. */
struct company {
    double processor_share; /* of the threads' time, that in which they ran */
    double queued_share;    /* that in which they were ready to, and did not */
    double others_share;    /* of the processors' time, what others had of it: at least */
    double others_most;     /* the same of that processor of which they had most */
    double siblings_share;  /* how busy the other hardware threads of their cores were */
    double steal_share;     /* what the host had of the processors' time */
    double throttled_share; /* the time in which the quota was used up */
    double voluntary, involuntary; /* switches of all threads */
    double moved; /* threads that were not where they were put, or began */
};

/* What is looked at before and after a run. */
struct company_watch {
    struct processor_times *times;
    size_t processors;
    uint64_t throttled_ns;
};

void company_begin(struct company_watch *watch);

/*
 * What `count` threads had for company, each with its presence; they were bound to
 * `processors`, or (NULL) to none. Ends the watch.
 *
 * A thread is queued behind others' threads or behind ours; behind ours it is no longer
 * than these ran. What is left is at least what others had of its processor, and exactly
 * that for threads that never sleep. Where they do, what the processors say of themselves
 * shows more, but only in ticks.
 */
struct company company_end(struct company_watch *watch, const struct presence *presences,
                           unsigned count, const unsigned *processors,
                           const lks_topology_t *topology);

/* How much of a run was disturbed, from 0 to 1, and in `why`, if it is not NULL, by what:
   "others had 40 % of a processor". */
double disturbance(const struct company *company, char *why, size_t size);

/* A run of which more than this was disturbed is not counted if there are others. */
extern const double DISTURBED;

#endif

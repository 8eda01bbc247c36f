/* SPDX-License-Identifier: MIT */
/* One run of each kind of measurement. */
#ifndef LOCKBENCH_MEASURE_H
#define LOCKBENCH_MEASURE_H

#include "clock.h"
#include "team.h"

#include <lockstep/barrier.h>
#include <lockstep/lock.h>

enum kind { LATENCY, LOCK, BARRIER, KINDS };

/* What a run can find out; each kind of run fills some. */
enum metric {
    LATENCY_NS,     /* lock + unlock of a free lock */
    LATENCY_CYCLES, /* the same in the processor's cycles */
    ACQUISITIONS,   /* millions a second, all threads together */
    HANDOVER_NS,    /* from a release to the next entry by another thread, median */
    JAIN,           /* Jain's index of the threads' acquisitions */
    SAME_THREAD,    /* share of entries by the thread that left last */
    WAIT_MEDIAN_NS, /* from asking for the lock to entering */
    WAIT_P99_NS,
    WAIT_P999_NS,
    WAIT_MAX_NS,
    EPISODE_NS, /* a barrier's episode */
    METRICS
};

struct metric_facts {
    const char *name;
    const char *unit;
};

extern const struct metric_facts metric_facts[METRICS];

/* How all runs are made. */
struct conditions {
    struct clock_facts clock;
    struct placement placement;
    uint64_t duration_ns;
    double critical_ns; /* work inside the critical section, beside the shared lines */
    double outside_ns;  /* work between unlock and lock */
};

enum verdict {
    SOUND,
    BROKEN, /* updates were lost, or somebody left a barrier early */
    HANGS   /* its threads did not come back; their memory stays */
};

struct outcome {
    double values[METRICS]; /* NaN where there is nothing to tell */
    enum verdict verdict;
};

/* An outcome in which nothing is known yet. */
struct outcome no_outcome(void);

/* A free lock, on one thread. */
struct outcome measure_latency(const lks_lock_class_t *class,
                               const struct conditions *conditions);

/* A lock that `threads` threads take over and over. */
struct outcome measure_lock(const lks_lock_class_t *class, unsigned threads,
                            const struct conditions *conditions);

/* A barrier that `threads` threads pass over and over. */
struct outcome measure_barrier(const lks_barrier_class_t *class, unsigned threads,
                               const struct conditions *conditions);

/* Nanoseconds that a cache line takes from the first thread's processor to another one,
   or NaN if all threads share one processor. */
double measure_transfer(const struct placement *placement, unsigned threads);

#endif

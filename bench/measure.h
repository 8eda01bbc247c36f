/* SPDX-License-Identifier: MIT */
/* One run of each kind of measurement. */
#ifndef LOCKBENCH_MEASURE_H
#define LOCKBENCH_MEASURE_H

#include "bench/choice.h"
#include "bench/clock.h"
#include "bench/counters.h"
#include "bench/settings.h"
#include "bench/tasks.h"
#include "bench/team.h"
#include "common/statistics.h"

/* What a run can find out; each kind of run fills some. */
enum metric {
    LATENCY_NS,     /* lock + unlock of a free lock */
    LATENCY_CYCLES, /* the same in the processor's cycles */
    READ_LATENCY_NS,
    READ_LATENCY_CYCLES,
    WRITE_LATENCY_NS,
    WRITE_LATENCY_CYCLES,
    ACQUISITIONS,   /* millions a second, all threads together */
    READS,          /* those of them by readers */
    WRITES,         /* and by writers */
    HANDOVER_NS,    /* from a release to the next entry by another thread, median */
    JAIN,           /* Jain's index of the threads' acquisitions */
    DEVIATION,      /* their standard deviation, divided by their mean */
    SAME_THREAD,    /* share of entries by the thread that left last */
    LONGEST_RUN,    /* entries of one thread in a row */
    LONGEST_IDLE,   /* entries of others between two of one thread */
    WINDOW_OWNERS,  /* different threads in as many entries as there are threads */
    FROM_PROCESSOR, /* shares of entries by where the lock was before, in the order of */
    FROM_CORE,      /* enum level; another thread's */
    FROM_CACHE,
    FROM_NODE,
    FROM_ELSEWHERE,
    WAIT_MEDIAN_NS, /* from asking for the lock to entering; of a barrier from when the
                       last one has come to leaving */
    WAIT_P90_NS,
    WAIT_P99_NS,
    WAIT_P999_NS,
    WAIT_P9999_NS,
    WAIT_MAX_NS,
    READ_WAIT_MEDIAN_NS, /* the same of readers */
    READ_WAIT_P90_NS,
    READ_WAIT_P99_NS,
    READ_WAIT_P999_NS,
    READ_WAIT_P9999_NS,
    READ_WAIT_MAX_NS,
    WRITE_WAIT_MEDIAN_NS, /* and of writers */
    WRITE_WAIT_P90_NS,
    WRITE_WAIT_P99_NS,
    WRITE_WAIT_P999_NS,
    WRITE_WAIT_P9999_NS,
    WRITE_WAIT_MAX_NS,
    CYCLES_EACH, /* an acquisition or episode, with the work in between, of all threads
                    together; as enum counter has them */
    INSTRUCTIONS_EACH,
    CACHE_MISSES_EACH,
    PROCESSOR_EACH_NS,
    SWITCHES_EACH,
    FAILED_TRIES, /* for an acquisition */
    BYTES_PER_LOCK,
    BYTES_PER_THREAD, /* of its node, for each lock that it holds */
    UNSERVED_SHARE,   /* of the arrivals, those not served at the end */
    OVERLAPPING,      /* sections that met the traces of another one */
    LOST_UPDATES,
    WRONG_RESULTS, /* of the work: what is missing in the end, or comparisons that fail */
    IMBALANCE_MEDIAN_NS, /* from the first to the last one that comes to an episode */
    IMBALANCE_MAX_NS,
    EPISODE_NS,      /* a barrier's episode */
    PROCESSOR_SHARE, /* from here on what struct company has */
    QUEUED_SHARE,
    OTHERS_SHARE,
    OTHERS_MOST,
    SIBLINGS_SHARE,
    STEAL_SHARE,
    THROTTLED_SHARE,
    VOLUNTARY_SWITCHES,
    INVOLUNTARY_SWITCHES,
    MOVED_THREADS,
    METRICS
};

/* Each with its unit. */
extern const char *const metric_names[METRICS];

/* How all runs are made. */
struct conditions {
    struct clock_facts clock;
    struct placement placement;
    uint64_t duration_ns;
    double critical_ns; /* work inside the critical section, beside the shared lines */
    double outside_ns;  /* work between unlock and lock */
    double between_ns;  /* and between two episodes of a barrier */
    unsigned lines_read, lines_written; /* inside, beside those */
    const struct task *task;            /* in a critical section; NULL: none */
    bool has_grid;                      /* between a barrier's episodes */
    struct choice locks; /* of which one is taken each time, or two if they are nested */
    struct choice locks_to_check; /* as many as are taken at once */
    bool nested;
    bool by_trying;
    bool varies; /* both take from nothing to twice as long */
    double rate; /* arrivals a second, of all threads; 0: closed loop */
};

enum verdict {
    SOUND,
    OVERLAPS,   /* two threads were inside at once */
    LEFT_EARLY, /* a thread, a barrier */
    WRONG,      /* what has come of the work */
    ENDS,       /* its process, before its time */
    HANGS       /* its threads did not come back; their memory stays */
};

struct outcome {
    double values[METRICS]; /* NaN: not measured */
    enum verdict verdict;
    const char *fate;  /* of a process that ENDS */
    uint64_t sections; /* with the warming up; of writers if there are readers */
    uint64_t overlaps; /* sections that met the traces of another one */
    int64_t lost;      /* updates */
    struct company company;
    uint64_t waits[OCTAVES]; /* all that were timed */
};

/* An outcome in which nothing is known yet. */
struct outcome no_outcome(void);

/* Sets the metrics of company from outcome->company. */
void set_company(struct outcome *outcome);

/* The other way round. */
void get_company(struct outcome *outcome);

/* Adds a thread's counters to those of all, which are known if each one's are. */
void add_counters(struct counters *all, const struct counters *one);

/* Sets what has been counted of all threads together, by acquisition or episode. */
void set_counters(struct outcome *outcome, const struct counters *all, uint64_t count);

/* Says what became of the `sections` that each should have updated the data once, when
   they have `updates`, and `overlaps` were seen. */
void set_soundness(struct outcome *outcome, uint64_t sections, uint64_t updates,
                   uint64_t overlaps);

/* Says how many results of the work were wrong. */
void set_wrong_results(struct outcome *outcome, uint64_t count);

/* Sets the metrics of waiting, of which `median` is the first, if there are any
   `waits`. */
void set_waits(struct outcome *outcome, enum metric median,
               const struct histogram *waits);

/* A free lock, or both sides of a free reader-writer lock, on one thread. */
struct outcome measure_latency(const struct competitor *competitor,
                               const struct conditions *conditions);

/* A lock that `threads` threads take over and over. */
struct outcome measure_lock(const struct competitor *competitor, unsigned threads,
                            const struct conditions *conditions);

/* A reader-writer lock likewise, `writes` per cent of the times to write. */
struct outcome measure_rwlock(const struct competitor *competitor, unsigned threads,
                              double writes, const struct conditions *conditions);

/* A barrier that `threads` threads pass over and over. */
struct outcome measure_barrier(const struct competitor *competitor, unsigned threads,
                               const struct conditions *conditions);

/* Nanoseconds that a cache line takes from the first thread's processor to another one,
   or NaN if all threads share one processor. */
double measure_transfer(const struct placement *placement, unsigned threads);

#endif

/* SPDX-License-Identifier: MIT */
/* What a thread's processor counts, where the system lets it be asked (perf events), and
   what the system counts of it anyway. */
#ifndef LOCKBENCH_COUNTERS_H
#define LOCKBENCH_COUNTERS_H

#include <stdbool.h>

enum counter {
    CYCLES,
    INSTRUCTIONS,
    CACHE_MISSES,
    OF_PROCESSOR,                /* so many of these may be missing */
    PROCESSOR_NS = OF_PROCESSOR, /* for which it ran */
    SWITCHES,                    /* to other threads, wanted or not */
    COUNTERS
};

/* Of the calling thread, in its own code and the kernel's if that is allowed. */
struct counters {
    int files[OF_PROCESSOR];
    bool begun;
    bool known[COUNTERS];
    double counts[COUNTERS]; /* from counters_begin to counters_end */
};

void counters_begin(struct counters *counters);
void counters_end(struct counters *counters);

/* Why they are not there, in words that stay; NULL: they are, or none was asked for. */
const char *counters_missing(void);

/* Of runs that another process has made: the words stay the caller's. */
void counters_were_missing(const char *why);

#endif

/* SPDX-License-Identifier: MIT */
/* What was measured, as a table, CSV or JSON. */
#ifndef LOCKBENCH_REPORT_H
#define LOCKBENCH_REPORT_H

#include "bench/measure.h"

#include <stdio.h>

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
    double transfer_ns; /* of a cache line, mean of before and after; NaN: not measured */
    enum distance distance;
    struct outcome outcome;
};

struct report {
    const struct options *options;
    const struct settings *settings;
    const struct conditions *conditions;
    const char *machine;
    const struct run *runs;
    size_t run_count;
    unsigned unsettled; /* runs that were thrown away, the processors having moved */
    bool complete;
};

void print_report(FILE *file, const struct report *report);

#endif

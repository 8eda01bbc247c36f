/* SPDX-License-Identifier: MIT */
/* What was measured, as a table, CSV or JSON. */
#ifndef LOCKBENCH_REPORT_H
#define LOCKBENCH_REPORT_H

#include "bench/runs.h"

#include <jansson.h>
#include <stdio.h>
#include <time.h>

struct report {
    const struct options *options;
    const struct settings *settings;
    const struct conditions *conditions;
    const char *machine;
    json_t *facts;       /* about it, for CSV and JSON */
    const char *session; /* identity of what was started by one command */
    unsigned launch;     /* which launch the runs are of, from 1; 0: of several */
    unsigned launches;   /* so many */
    time_t started;
    const struct run *runs;
    size_t run_count;
    unsigned unsettled; /* runs that were thrown away, the processors having moved */
    unsigned disturbed; /* and those that were, since they had not been alone */
    double quota;       /* of processors; NaN: none */
    double processors;  /* that may be used at once */
    bool complete;
};

void print_report(FILE *file, const struct report *report);

#endif

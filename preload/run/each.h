/* SPDX-License-Identifier: MIT */
/* The program under several locks in turn. */
#ifndef PRELOAD_RUN_EACH_H
#define PRELOAD_RUN_EACH_H

#include "common/difference.h"
#include "preload/run/options.h"
#include "preload/run/output.h"

/* What all runs of a candidate have come to. */
struct outcome {
    struct values wall, processor; /* seconds, of the runs that ended with status 0 */
    unsigned runs;
    unsigned failed;        /* of them: ended otherwise */
    int failure;            /* how the first of these did, as wait says it */
    enum likeness likeness; /* of its output to that of the first run of all: the worst */
    struct output reference; /* of its first run */
};

/* Runs it, and prints the table. Returns the exit status. */
int run_each(const struct options *options, const char *program, const char *library);

/* What the program finds in its environment. */
void set_environment(const struct options *options, const struct choice *choice,
                     const char *library);

#endif

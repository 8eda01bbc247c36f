/* SPDX-License-Identifier: MIT */
/* The command line. */
#ifndef LOCKSIM_OPTIONS_H
#define LOCKSIM_OPTIONS_H

#include "common/options.h"
#include "common/own.h"
#include "common/record.h"
#include "sim/machine/machine.h"
#include "sim/result.h"
#include "sim/show/fit.h"

enum arrival { FIXED_ARRIVAL, VARIED_ARRIVAL, RANDOM_ARRIVAL };
extern const char *const arrival_names[]; /* NULL at the end */

enum { MOST_JOBS = 1024 };

/* One that is to run. */
struct primitive {
    enum own_family family;
    const char *name;
};

struct options {
    enum { RUN_CATALOG, RUN_PROGRAM, LIST_MACHINES, SHOW_MACHINE, LIST_NAMES } action;
    const char *machine_name; /* as it was given */
    struct machine machine;   /* with all that was set on the command line */
    const char *changed;      /* that, in words: "pause = 50, hit = 2"; or NULL */
    const struct primitive *primitives;     /* a name that is NULL at the end */
    unsigned sizes[MOST_SIZES], size_count; /* numbers of processors */

    int scenario;
    uint64_t passages; /* of each processor that are measured; 0: the default */
    /* Work in the critical section, and between release and next request or between
       episodes. What is not given depends on what is run (workload.c). */
    cycles inside, outside;
    bool inside_given, outside_given;
    int arrival;   /* work outside: VARIED, `outside` ± a quarter; RANDOM, exponential */
    unsigned data; /* lines of plain shared data that each critical section changes */
    bool data_given;
    double writes; /* of a hundred acquisitions of a reader-writer lock */
    uint64_t seed;

    int format;
    const char *output; /* NULL: standard output */
    bool verbose;
    const char *trace;    /* file, "-": standard output; or NULL */
    const char *timeline; /* file, or NULL */
    bool check;           /* invariants */
    bool poll;            /* simulate each try of a wait */
    unsigned jobs;        /* processes; 0: as many as there are processors */

    const char *const *sources;   /* run: NULL at the end */
    const char *const *flags;     /* for the compiler, after "--" */
    const char *const *arguments; /* of the program, --argument; NULL at the end */
};

/* Ends the process where the command line is wrong, or asks for help. */
struct options *read_options(int argc, char **argv);

/* For results: the table of the options. */
extern const struct command_line command_line;

#endif

/* SPDX-License-Identifier: MIT */
/* What the command line says. */
#ifndef LOCKCHECK_OPTIONS_H
#define LOCKCHECK_OPTIONS_H

#include "common/options.h"
#include "common/record.h"

enum action { CHECK_PROGRAM, CHECK_OWN, CHECK_CATALOG, REPLAY_SAVED, LIST_NAMES };

/* --early-returns: waits that return for no reason, in one execution each */
enum early_returns { SOME_EARLY_RETURNS, ALL_EARLY_RETURNS, NO_EARLY_RETURNS };

/* --apply: which order is made weaker first */
enum apply { NOT_APPLIED, STRONGEST_FIRST, FOR_X86, FOR_ARM64, FOR_POWER };

struct options {
    enum action action;
    bool weaken;
    int apply;         /* enum apply */
    int model;         /* enum memory_model */
    int same_thread;   /* --release-sequences=same-thread */
    unsigned spurious; /* failures of weak compare-and-swaps, each thread */
    int relaxed;       /* --volatile=relaxed */
    int plain_relaxed; /* --plain=relaxed, which includes it */
    bool trust_library;
    bool no_membarrier;  /* --no-membarrier */
    bool interrupts;     /* --interrupts */
    int early_returns;   /* enum early_returns */
    unsigned events;     /* bound for each thread */
    unsigned memory;     /* that each thread may have, in MiB */
    struct texts trust;  /* what is not seen, and does not count */
    bool no_symmetry;    /* --no-symmetry */
    unsigned deviations; /* --deviations: at most so many; 0: any */
    unsigned jobs;
    unsigned time; /* seconds after which the search ends; 0: none */
    int format;
    bool verbose, executions;
    bool brief;                               /* what is found in a line each */
    bool full;                                /* of the catalog: all sizes */
    struct texts locks, rwlocks, barriers;    /* names from the catalog, or all */
    struct texts catalog;                     /* of any kind */
    bool by_name;                             /* one of these four is given */
    const char *dot, *save, *replay, *output; /* files, or NULL */
    struct texts arguments;                   /* of the program */
    const char *const *sources;               /* NULL at the end */
    const char *check;                        /* of --replay: the name of one, or NULL */
    const char *const *flags;                 /* for the compiler; NULL at the end */
};

/* Reads the command line. Ends the process for --help and --version, and with a line and
   status 3 for what is wrong. */
struct options *read_options(int argc, char **argv);

/* For results: the table of the options. */
extern const struct command_line command_line;

#endif

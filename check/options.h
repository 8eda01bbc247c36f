/* SPDX-License-Identifier: MIT */
/* What the command line says. */
#ifndef LOCKCHECK_OPTIONS_H
#define LOCKCHECK_OPTIONS_H

#include <stdbool.h>

enum action { CHECK_PROGRAM, CHECK_CATALOG, REPLAY_SAVED };

/* --early-returns: waits that return for no reason, in one execution each */
enum early_returns { SOME_EARLY_RETURNS, ALL_EARLY_RETURNS, NO_EARLY_RETURNS };

struct options {
    enum action action;
    bool weaken;
    bool sequential;    /* --model=sc */
    bool same_thread;   /* --release-sequences=same-thread */
    unsigned spurious;  /* failures of weak compare-and-swaps, each thread */
    bool no_membarrier; /* --no-membarrier */
    bool interrupts;    /* --interrupts */
    enum early_returns early_returns;
    unsigned events; /* bound for each thread */
    unsigned memory; /* that each thread may have, in MiB */
    unsigned jobs;
    unsigned time; /* seconds after which the search ends; 0: none */
    bool json, verbose, list;
    bool full;         /* --catalog: all sizes */
    const char *check; /* --catalog: the one that is being told of, or NULL */
    const char *only;  /* --catalog: names, separated by commas; or NULL */
    const char *dot, *save, *replay; /* files, or NULL */
    const char *const *sources;      /* NULL at the end */
    const char *const *flags;        /* for the compiler; NULL at the end */
};

/* Reads the command line. Ends the process for --help and --version, and with a line and
   status 3 for what is wrong. */
void read_options(struct options *options, int argc, char **argv);

#endif

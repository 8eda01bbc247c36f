/* SPDX-License-Identifier: MIT */
/* The command line. */
#ifndef LOCKBENCH_OPTIONS_H
#define LOCKBENCH_OPTIONS_H

#include "bench/competitors.h"

enum { MAX_THREAD_COUNTS = 64, MAX_THREADS = 4096, MAX_WRITE_SHARES = 16 };

enum format { TABLE, CSV, JSON };

struct options {
    struct competitors competitors[FAMILIES];
    unsigned threads[MAX_THREAD_COUNTS];
    unsigned thread_count;           /* 0: not given */
    double writes[MAX_WRITE_SHARES]; /* percent of acquisitions that write */
    unsigned write_count;
    double duration_ms; /* of one run; 0: not given */
    unsigned repeat;
    double critical_ns;
    double outside_ns;
    const char *bind; /* a policy of lks_topology_place, or "none" */
    enum format format;
    const char *output; /* NULL: standard output */
    bool list;
};

/* Reads the command line. Ends the program, with status 2 and one line on standard error,
   where it is wrong, and with status 0 after --help and --version. */
struct options read_options(int argc, char **argv);

#endif

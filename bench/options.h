/* SPDX-License-Identifier: MIT */
/* The command line. */
#ifndef LOCKBENCH_OPTIONS_H
#define LOCKBENCH_OPTIONS_H

#include "bench/competitors.h"
#include "common/options.h"
#include "common/record.h"

enum { MAX_THREAD_COUNTS = 64, MAX_THREADS = 4096, MAX_WRITE_SHARES = 16 };

/* What is done besides taking locks and passing barriers. */
enum work { NO_WORK, BANK, HASH, JACOBI };

struct options {
    struct texts names[FAMILIES]; /* of the competitors */
    struct competitors competitors[FAMILIES];
    struct numbers threads; /* none: not given */
    struct numbers writes;  /* percent of acquisitions that write */
    double duration_ms;     /* of one run; 0: not given */
    unsigned repeat;
    unsigned launches;
    unsigned launch; /* which of them this is, from 1; of the process that starts them the
                        one that it starts */
    double critical_ns;
    double outside_ns; /* of locks */
    double between_ns; /* of barriers: only as --ncs says */
    const char *lines; /* "R,W": inside, read and written; NULL: not given */
    unsigned lines_read, lines_written;
    unsigned table; /* so many locks */
    double zipf;    /* how unevenly they are taken; 0: evenly */
    bool nested;    /* two at a time */
    bool trylock;   /* by polling */
    int work;       /* enum work */
    double rate;
    bool random;
    const char *baseline; /* NULL: none */
    const char *bind;     /* a policy of lks_topology_place, or "none" */
    int format;
    const char *resume; /* NULL: not given */
    const char *output; /* NULL: standard output */
    bool verbose;
    bool full;
    bool list;
    bool matrix;
    bool recommend;
    const char *compared[2];    /* files of results; NULL: nothing is compared */
    bool in_turn;               /* they are programs, to be launched with the flags */
    double threshold;           /* percent of change that does not matter */
    bool anyway;                /* even under other conditions, and disturbed runs */
    const char *const *sources; /* the user's own; NULL at the end */
    const char *const *flags;   /* for their compiler; NULL at the end */
};

/* Reads the command line. Ends the program, with status 3 and one line on standard error,
   where it is wrong, and with status 0 after --help and --version. */
struct options *read_options(int argc, char **argv);

/* For results: the table of the options. */
extern const struct command_line command_line;

#endif

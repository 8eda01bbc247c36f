/* SPDX-License-Identifier: MIT */
/* What lockstep-run is asked for. */
#ifndef PRELOAD_RUN_OPTIONS_H
#define PRELOAD_RUN_OPTIONS_H

#include <stddef.h>

#include "common/options.h"

/* What a program runs with: names of the catalog, or "pthread". */
enum kind { LOCK, RWLOCK, BARRIER, KINDS };
struct choice {
    const char *names[KINDS];
};

/* One of those that --each names. */
struct candidate {
    const char *text; /* "mcs+rw_ticket" */
    struct choice choice;
};

struct options {
    struct choice choice;
    unsigned threads_at_most; /* 0: not said */
    struct candidate *each;
    size_t each_count; /* 0: --each is not given */
    unsigned repeat;
    const char *profile;      /* NULL: none; "": a table; else the file for records */
    unsigned profile_seconds; /* a table each so many; 0: at the end */
    unsigned profile_sample;  /* one holding in so many is timed */
    char **program;           /* and its arguments; NULL at the end */
};

extern const struct command_line command_line;

/* Reads the command line, and refuses what cannot be. */
const struct options *read_options(int argc, char **argv);

#endif

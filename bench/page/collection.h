/* SPDX-License-Identifier: MIT */
/* The results that a report is about, as they stand in their files, and what was left
   out of it. */
#ifndef LOCKBENCH_PAGE_COLLECTION_H
#define LOCKBENCH_PAGE_COLLECTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/competitors.h"
#include "common/options.h"

/* What a record is of. */
enum origin { OF_BENCH, OF_MATRIX, OF_SIM, OF_CHECK, OF_WEAKEN, ORIGINS, OF_PROFILE };

struct group;

struct result {
    json_t *record;
    const char *file;
    enum origin origin;
    const char *kind;   /* of the first and the third origin: "lock"; else NULL */
    enum family family; /* of what was measured, simulated or checked */
    const char *name;   /* of that; NULL for pairs of processors */
    uint64_t hash;      /* of what counts in the record */
    struct group *group;
};

struct collection {
    struct result *items;
    size_t count, room;
    json_t *profiles;      /* records of lockstep-run, an array; NULL: none */
    json_t *profiles_seen; /* an object whose names are these as text */
    struct texts profile_files;
    struct texts left_out; /* lines: what, and why */
    bool unread;           /* a file, or a part of one, could not be read */
};

/* Reads a file of JSON Lines. What cannot be read in it is left out, in one line. */
void collection_read(struct collection *results, const char *path);

/* Once all have been read: gives what has the same name, but comes from different files
   of the user's, names that differ; and finds out what checks are of. */
void collection_name(struct collection *results);

/* A line of what is left out, for the page; with `aloud` on standard error, too. */
void leave_out(struct collection *results, bool aloud, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

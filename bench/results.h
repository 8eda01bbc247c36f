/* SPDX-License-Identifier: MIT */
/* What lockbench has written as JSON, read again. */
#ifndef LOCKBENCH_RESULTS_H
#define LOCKBENCH_RESULTS_H

#include <jansson.h>
#include <stddef.h>

struct result {
    json_t *record;
    const char *row;    /* what it is of, as a text that no other row has */
    const char *launch; /* the same of the launch that measured it */
    size_t line;
};

struct results {
    const char *path;
    struct result *items; /* to be freed */
    size_t count, room;
    size_t launches;
};

/* Adds what is in a file. Ends the program, with one line that says which line of it (of
   results->path), where it is no such file, damaged, empty, or of another tool. */
void results_add(struct results *results, const char *path);

/* When all have been added: counts the launches, and refuses what is there twice. */
void results_end(struct results *results);

/* What must be the same for two records to be compared: options, machine, and how waiters
   wait; to be freed. */
json_t *conditions_of(const json_t *record);

#endif

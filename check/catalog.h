/* SPDX-License-Identifier: MIT */
/* The checks of the library itself: each thing in it with each client that fits it, in
   each size. */
#ifndef LOCKCHECK_CATALOG_H
#define LOCKCHECK_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "check/options.h"

struct client;

struct check {
    const void *subject;
    const struct client *client;
    unsigned threads, rounds;
    const char *subject_name;
    const char *data; /* of the user's: what the clients do with their data, or NULL */
    void *place;      /* of the user's: a variable for it, or NULL */
    size_t place_size;
    bool promise;  /* what the program sees is compared … */
    bool trusted;  /* … with what it sees of the specification, here */
    bool order;    /* it is about which is served first */
    bool zeroed;   /* memory begins as zeros */
    char name[96]; /* "mcs, trylock, 2 threads × 3" */
};

/* Loads the library and its clients, and lists the checks of all that the options name.
   Ends the process when there is no such name. */
struct check *catalog_checks(const struct options *options, size_t *count);

/* Loads likewise, and finds the check that options->check names, of the sources' locks or
   of the library. Ends the process when there is none. */
const struct check *catalog_check_of(struct options *options);

/* Above what is found in it, in a table. */
void tell_heading(const struct options *options, const struct check *check);

/* The check that explore_options.program = catalog_program runs. */
extern const struct check *catalog_check;
void catalog_program(void);

#endif

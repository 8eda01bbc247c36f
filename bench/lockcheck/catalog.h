/* SPDX-License-Identifier: MIT */
/* The checks of the library's own locks and barriers: each with each client that fits it,
   in each size. */
#ifndef LOCKCHECK_CATALOG_H
#define LOCKCHECK_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

struct lks_lock_class;
struct lks_barrier_class;
struct lock_client;
struct barrier_client;

struct check {
    const struct lks_lock_class *lock; /* or NULL */
    const struct lock_client *lock_client;
    const struct barrier_client *barrier_client;
    const struct lks_barrier_class *barrier;
    unsigned threads, rounds;
    char name[96]; /* "mcs, trylock, 2 threads × 3" */
};

/* Loads the library and its clients, and lists the checks: of all classes, or of those
   that `only` names (separated by commas). Ends the process when a name is unknown. */
struct check *catalog_checks(const char *only, bool full, size_t *count);

/* The check that explore_options.program = catalog_program runs. */
extern const struct check *catalog_check;
void catalog_program(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The programs with which lockcheck --catalog checks the library: clients/ has them. They
 * are compiled with instrumentation, linked with the library into one object
 * (catalog.so), and run as any program under test.
 */
#ifndef LOCKCHECK_CLIENTS_H
#define LOCKCHECK_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "virtual/program/trusted_functions.h"

struct client_size {
    unsigned threads, rounds;
    bool full; /* only with --full */
};

/* A program for whatever is of one kind: the subject. */
struct client {
    const char *name;
    bool (*fits)(const void *subject);
    bool (*also)(const void *subject); /* or NULL */
    void (*run)(const void *subject, unsigned threads, unsigned rounds);
    const struct client_size *sizes; /* zeros at the end */
};

/* A kind of subject: locks, barriers, …; or one thing alone, which is its own name. */
struct client_kind {
    const char *alone;                         /* or NULL, and: */
    const void *(*next)(const void *previous); /* as lks_lock_class_next */
    const char *(*name)(const void *subject);
    const struct client *clients; /* a null name at the end */
};

/* Those of a kind, one after the other, and what they are called. */
static inline const void *next_of(const struct client_kind *kind, const void *previous)
{
    return kind->alone == NULL ? kind->next(previous)
           : previous == NULL  ? kind->alone
                               : NULL;
}

static inline const char *name_of(const struct client_kind *kind, const void *subject)
{
    return kind->alone != NULL ? kind->alone : kind->name(subject);
}

/* NULL at the end. */
extern const struct client_kind *const client_kinds[];

/* A variable for the subject, so that what is said of accesses has a name; or NULL. Set
   by the tool at the beginning of each execution. */
extern void *client_place;
extern size_t client_place_size;

/* Whether memory begins as zeros: what an init of the system's finds there may look like
   an object in use, which would be misuse. */
extern bool client_zeroed;

/* For promises_kind: the functions of the specifications, if those are to be run in the
   library's place; and what the program has seen in an execution. */
enum { CLIENT_SEEN = 5 };
extern struct trusted_functions client_functions;
extern int client_seen[CLIENT_SEEN];

/* What init has returned in the last execution, if it is not 0: there was nothing to
   check. */
extern int client_refused;

#endif

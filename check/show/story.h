/* SPDX-License-Identifier: MIT */
/*
 * A wrong execution, retold: its steps, one at a time, in an order that can be followed.
 *
 * Each step comes after those before it in its thread, and after the write that it reads.
 * Where the execution is an interleaving of the threads, the order is one; where it is
 * none, as few reads and writes as can be had are out of step. What the failure does not
 * depend on is left out.
 */
#ifndef LOCKCHECK_STORY_H
#define LOCKCHECK_STORY_H

#include "check/explore/explore.h"

enum step_kind {
    STEP_EVENT,
    STEP_PLAIN, /* one or more plain accesses to the same place */
    STEP_ALLOCATE,
    STEP_FREE,
    STEP_WRONG, /* what has failed, if it is no event and no plain access */
    STEP_WAITS, /* for ever */
};

/* A call of a thread library that is made of several operations, one of which is shown
   for all of them. */
struct whole {
    const char *name;
    const void *object, *mutex; /* or NULL */
    bool expects;
    uint32_t expected;
    const char *result; /* NULL: none, or the call has not returned */
    bool returned, wakes;
    uint64_t woken; /* threads, a bit each */
    event_id last;  /* event, when it has returned */
    struct step *shown;
};

/* The calls around a place in the program, innermost first; those in its own source. */
enum { CALLS = 3 };
struct calls {
    unsigned count;
    const void *site[CALLS];
};

struct step {
    enum step_kind kind;
    uint16_t thread;
    bool failing;
    bool reads, writes; /* of a plain access */
    bool own;           /* a plain access to the thread's own stack */
    unsigned again;     /* of a plain read: how often more it is made, at once after it */
    bool stale;         /* reads another write than the newest of those before it */
    bool early;     /* of a write: some before it come later in the location's order */
    event_id event; /* of STEP_EVENT */
    event_id newer; /* if stale or early: which comes later in that order */
    unsigned char *address; /* of STEP_PLAIN to STEP_WRONG; NULL: not known */
    size_t size;
    uint64_t read, value; /* of a plain access of 1, 2, 4 or 8 bytes */
    const void *site;     /* in the program's own source, if it is there; or NULL */
    bool library;         /* it is a library's doing, called from there */
    bool client;          /* the site is in a client of ours, check/clients/ */
    struct calls calls;
    unsigned whole; /* that it is a part of: its number from 1; or 0 */
    /* For the code that shows it: its row, which it shares with those that repeat it; of
       the first of these, how often, and the rows that are repeated together. */
    unsigned row, times, first, last;
    bool marked; /* the row is what the table is shown for */
};

struct story {
    const struct graph *graph;
    struct failure failure;
    struct step *step;
    size_t count, room;
    struct whole *whole;
    unsigned wholes;
    size_t left_out;   /* operations that the failure does not depend on */
    bool interleaving; /* no step is stale or early */
    /* Of a hang: the plain read that each waiting thread made last, behind all its
       events, if another thread could write there meanwhile; its address is NULL if there
       is none. */
    struct step looks[MAX_THREADS];
    const void *function[MAX_THREADS]; /* a site in each thread's function, or NULL */
};

/* Runs the failing execution again to see what happens. Until the next run the program's
   memory is as the execution left it. */
void story_record(struct story *story, const struct explore_options *options,
                  struct explore_result *result);
void story_free(struct story *story);

/* The step of an event, or NULL. */
struct step *story_step(const struct story *story, event_id id);

/* The call that a step is a part of, or NULL. */
struct whole *story_whole(const struct story *story, const struct step *step);

/* "thread 1 worker". */
struct words;
void story_thread_name(struct words *words, const struct story *story, unsigned thread);

#endif

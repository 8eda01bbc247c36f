/* SPDX-License-Identifier: MIT */
/*
 * Is an object linearizable? Each thread notes its calls and what they returned; at the
 * end, when all threads have been joined, there must be an order of all calls
 *
 *   - in which the object, used by one thread alone, would have returned the same, and
 *   - in which a call that had returned before another one was made comes first.
 *
 * Before means happens-before, as C11 knows it: nothing else tells two threads which of
 * their calls was earlier. lockcheck-linearizability(7) says what follows from that, and
 * proves it. Only lockcheck can tell, and it looks at every execution.
 *
 *     struct call *call = history_call(QUEUE_PUT, 42);
 *     put(&queue, 42);
 *     history_return(call, 0);
 *     …
 *     history_check(&queue_spec);      // in main, after the last join
 *
 * What the object does when one thread uses it is a struct spec: beside this file.
 */
#ifndef LOCKSTEP_SPEC_HISTORY_H
#define LOCKSTEP_SPEC_HISTORY_H

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HISTORY_THREADS = 8, /* main is one */
    HISTORY_CALLS = 8,   /* of each thread, at most */
    HISTORY_ALL = 16,    /* of all of them */
    HISTORY_STATE = 256, /* bytes of an object */
};

struct call {
    int what; /* one of the specification's */
    long argument, result;
    unsigned thread;
    unsigned returned;              /* events of its thread until it returned */
    unsigned seen[HISTORY_THREADS]; /* events of each that happened before it was made */
};

/* What one thread alone sees of an object. Its state begins as zeros. */
struct spec {
    const char *const *names; /* of its calls */
    size_t size;              /* of its state */
    /* Makes the call: changes the state, and says whether this is the result. */
    bool (*step)(void *state, const struct call *call);
};

/* lockcheck knows it: how many events of each thread happen before this point. Returns
   the number of the running thread. */
#ifdef __cplusplus
extern "C" unsigned lockcheck_view(unsigned *events, unsigned threads);
#else
unsigned lockcheck_view(unsigned *events, unsigned threads);
#endif

/* Each thread writes its own row. */
static struct call history[HISTORY_THREADS][HISTORY_CALLS];
static unsigned history_count[HISTORY_THREADS];

/* A call is made. */
static inline struct call *history_call(int what, long argument)
{
    unsigned seen[HISTORY_THREADS];
    unsigned self = lockcheck_view(seen, HISTORY_THREADS);
    assert(history_count[self] < HISTORY_CALLS);
    struct call *call = &history[self][history_count[self]++];
    call->what = what;
    call->argument = argument;
    call->thread = self;
    memcpy(call->seen, seen, sizeof seen);
    return call;
}

/* It has returned. */
static inline void history_return(struct call *call, long result)
{
    unsigned seen[HISTORY_THREADS];
    (void)lockcheck_view(seen, HISTORY_THREADS);
    call->result = result;
    call->returned = seen[call->thread];
}

/* Whether a had returned before b was made: an event of a's thread behind its return
   happens before b, or they are of one thread. */
static inline bool history_before(const struct call *a, const struct call *b)
{
    return a->thread == b->thread ? a < b : b->seen[a->thread] > a->returned;
}

/* The calls of all threads, and the object's state after each number of them. */
struct history_search {
    const struct spec *spec;
    const struct call *calls[HISTORY_ALL];
    unsigned count;
    union {
        long aligned;
        unsigned char bytes[HISTORY_STATE];
    } state[HISTORY_ALL + 1];
};

/* Whether the calls that are not in `done` can follow, in some order. */
static inline bool history_follow(struct history_search *search, unsigned done,
                                  unsigned number)
{
    if (number == search->count) {
        return true;
    }
    for (unsigned i = 0; i < search->count; i++) {
        bool next = (done >> i & 1) == 0;
        for (unsigned k = 0; k < search->count && next; k++) {
            next = (done >> k & 1) != 0 || k == i ||
                   !history_before(search->calls[k], search->calls[i]);
        }
        if (next) {
            memcpy(&search->state[number + 1], &search->state[number],
                   sizeof search->state[number]);
            if (search->spec->step(&search->state[number + 1], search->calls[i]) &&
                history_follow(search, done | 1U << i, number + 1)) {
                return true;
            }
        }
    }
    return false;
}

static inline void history_print(const struct history_search *search)
{
    for (unsigned i = 0; i < search->count; i++) {
        const struct call *call = search->calls[i];
        printf("thread %u: %s(%ld) returns %ld", call->thread,
               search->spec->names[call->what], call->argument, call->result);
        for (unsigned k = 0; k < search->count; k++) {
            if (search->calls[k]->thread != call->thread &&
                history_before(search->calls[k], call)) {
                printf(", after %u's %s(%ld)", search->calls[k]->thread,
                       search->spec->names[search->calls[k]->what],
                       search->calls[k]->argument);
            }
        }
        printf("\n");
    }
}

/* All threads have been joined: is what they did linearizable? */
static inline void history_check(const struct spec *spec)
{
    static struct history_search search;
    assert(spec->size <= HISTORY_STATE);
    search.spec = spec;
    for (unsigned t = 0; t < HISTORY_THREADS; t++) {
        for (unsigned i = 0; i < history_count[t]; i++) {
            assert(search.count < HISTORY_ALL);
            search.calls[search.count++] = &history[t][i];
        }
    }
    bool linearizable = history_follow(&search, 0, 0);
    if (!linearizable) {
        history_print(&search);
    }
    assert(linearizable);
}

#endif

/* SPDX-License-Identifier: MIT */
/* Threads that are bound to their processors, begin together and are waited for, but not
   for ever. */
#ifndef LOCKBENCH_TEAM_H
#define LOCKBENCH_TEAM_H

#include <lockstep/atomic.h>
#include <lockstep/topology.h>
#include <pthread.h>

#include "bench/company.h"
#include "bench/competitors.h"

/* Set by Ctrl-C: a run that sees it comes to an end soon. */
extern _Atomic(bool) interrupted;

static inline bool is_interrupted(void)
{
    return atomic_load_explicit(&interrupted, memory_order_relaxed);
}

/* Where the threads of a run go. */
struct placement {
    const lks_topology_t *topology;
    const unsigned *processors; /* of thread 0, 1, …; NULL: the system decides */
};

/* Long enough for each of several threads to a processor to have had a turn. */
enum { WARM_UP_MS = 20 };

/* At first they look for mistakes, with work that brings them about; what they do counts
   from COUNTING on, when all have had time to get going. Only threads that meet see
   mistakes: where they do not meet often enough, as their processors are others' too, it
   takes up to so many times as long. */
enum { CHECK_MS = 100, CHECK_PATIENCE = 20 };
enum phase { CHECKING, WARMING_UP, COUNTING, OVER };

struct team {
    /* Read by all in their loops; main moves it on. */
    alignas(LKS_CACHE_LINE) _Atomic(int) phase;
    alignas(LKS_CACHE_LINE) _Atomic(unsigned) finished;
    _Atomic(uint64_t) met; /* how often, while they look for mistakes */
    uint64_t to_meet;      /* so often, if they can; 0: it does not matter */
    pthread_barrier_t begin;
    unsigned count;
    const struct placement *placement;
    void (*work)(struct team *team, unsigned self);
    void (*start)(struct crew *crew); /* whoever starts its threads; NULL: the team */
    void *shared;                     /* whatever the work needs */
    struct company *company;          /* filled in when it is over, if it is wanted */
};

/*
 * Runs team->work on team->count threads: some milliseconds to check and to warm up, then
 * `duration_ns` (0: until they end by themselves); then it is over, and all are waited
 * for. Returns the nanoseconds from COUNTING to OVER, or −1 if some of the threads do not
 * end: they hang (or take long, after Ctrl-C), and the team's memory must not be freed.
 */
double team_run(struct team *team, uint64_t duration_ns);

/* Ends the program, with one line, if `count` threads cannot be started. */
void team_try(unsigned count);

#endif

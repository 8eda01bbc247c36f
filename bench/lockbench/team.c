/* SPDX-License-Identifier: MIT */
#include "team.h"

#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Long enough for each of several threads to a processor to have had a turn. */
static const uint64_t WARM_UP_NS = 20000000;

/* Threads that do not end are said to hang when they have used up their patience in
   processor time, so that a busy machine is not mistaken for a broken lock; or, if they are
   asleep, when this many times as long has gone by. */
enum { ASLEEP = 10 };

_Atomic(bool) interrupted;

struct member {
    struct team *team;
    unsigned self;
    pthread_t thread;
};

static void *member_main(void *argument)
{
    const struct member *member = argument;
    struct team *team = member->team;
    const struct placement *placement = team->placement;
    if (placement->processors != NULL) {
        /* The processors come from lks_topology_place, so a refusal means that they have
           been taken away since: the system then decides. */
        (void)lks_topology_pin(placement->topology, placement->processors[member->self]);
    }
    (void)pthread_barrier_wait(&team->begin);
    team->work(team, member->self);
    (void)atomic_fetch_add_explicit(&team->finished, 1, memory_order_release);
    return NULL;
}

static void nap(uint64_t ns)
{
    struct timespec time = {.tv_sec = (time_t)(ns / 1000000000u),
                            .tv_nsec = (long)(ns % 1000000000u)};
    (void)nanosleep(&time, NULL); /* Ctrl-C ends it early */
}

/* Nanoseconds that all threads of the process have run. */
static uint64_t processor_time(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static bool all_finished(struct team *team)
{
    return atomic_load_explicit(&team->finished, memory_order_acquire) == team->count;
}

double team_run(struct team *team, uint64_t duration_ns)
{
    struct member *members = calloc(team->count, sizeof *members);
    if (members == NULL ||
        pthread_barrier_init(&team->begin, NULL, team->count + 1) != 0) {
        (void)fprintf(stderr, "lockbench: no memory for %u threads\n", team->count);
        exit(1);
    }
    for (unsigned i = 0; i < team->count; i++) {
        members[i] = (struct member){.team = team, .self = i};
        int error = pthread_create(&members[i].thread, NULL, member_main, &members[i]);
        if (error != 0) {
            (void)fprintf(stderr, "lockbench: cannot start thread %u of %u: %s\n", i + 1,
                          team->count, strerror(error));
            exit(1);
        }
    }
    (void)pthread_barrier_wait(&team->begin);
    if (duration_ns > 0) {
        nap(WARM_UP_NS);
    }
    atomic_store_explicit(&team->phase, COUNTING, memory_order_relaxed);
    uint64_t start = now();
    if (duration_ns > 0) {
        nap(duration_ns);
    }
    atomic_store_explicit(&team->phase, OVER, memory_order_relaxed);
    uint64_t end = now();
    uint64_t used = processor_time();
    while (!all_finished(team)) {
        if (processor_time() - used > team->count * team->patience_ns ||
            now() - end > ASLEEP * team->patience_ns) {
            return -1; /* NOLINT: not a leak, the threads still use `members` */
        }
        nap(500000);
    }
    for (unsigned i = 0; i < team->count; i++) {
        (void)pthread_join(members[i].thread, NULL);
    }
    (void)pthread_barrier_destroy(&team->begin);
    free(members);
    return (double)(end - start);
}

void *allocate_lines(size_t bytes)
{
    size_t size = (bytes + LKS_CACHE_LINE - 1) / LKS_CACHE_LINE * LKS_CACHE_LINE;
    void *memory = aligned_alloc(LKS_CACHE_LINE, size);
    if (memory == NULL) {
        (void)fprintf(stderr, "lockbench: no memory\n");
        exit(1);
    }
    return memset(memory, 0, size);
}

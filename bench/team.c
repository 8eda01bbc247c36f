/* SPDX-License-Identifier: MIT */
#include "bench/team.h"
#include "common/tool.h"

#include "bench/clock.h"
#include "bench/lines.h"
#include "common/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Threads that do not end are said to hang when each has used this much processor time,
   so that a busy machine is not mistaken for a broken lock; or, since they may be asleep,
   when this much time has gone by. */
static const uint64_t PATIENCE_NS = 10u * (uint64_t)1000000000;
static const uint64_t PATIENCE_ASLEEP_NS = 100u * (uint64_t)1000000000;
static const uint64_t PATIENCE_INTERRUPTED_NS = 2u * (uint64_t)1000000000;

_Atomic(bool) interrupted;

struct member {
    struct team *team;
    unsigned self;
    pthread_t thread;
    struct presence presence;
};

static void *member_main(void *argument)
{
    struct member *member = argument;
    struct team *team = member->team;
    const struct placement *placement = team->placement;
    if (placement->processors != NULL) {
        /* Where this is refused the system decides. */
        (void)lks_topology_pin(placement->topology, placement->processors[member->self]);
    }
    (void)pthread_barrier_wait(&team->begin);
    presence_begin(&member->presence);
    team->work(team, member->self);
    presence_end(&member->presence);
    (void)atomic_fetch_add_explicit(&team->finished, 1, memory_order_release);
    return NULL;
}

static void be_member(void *members, unsigned self)
{
    (void)member_main(&((struct member *)members)[self]);
}

/* The thread that has its threads started by somebody else. */
static void *lead(void *argument)
{
    struct member *members = argument;
    struct team *team = members->team;
    team->start(&(struct crew){team->count, be_member, members});
    return NULL;
}

/* Returns how many threads are to be joined. */
static unsigned start_all(struct team *team, struct member *members)
{
    unsigned count = team->start != NULL ? 1 : team->count;
    for (unsigned i = 0; i < team->count; i++) {
        members[i] = (struct member){.team = team, .self = i};
    }
    for (unsigned i = 0; i < count; i++) {
        int error = pthread_create(&members[i].thread, NULL,
                                   team->start != NULL ? lead : member_main, &members[i]);
        if (error != 0) {
            refuse("cannot start thread %u of %u: %s", i + 1, count, strerror(error));
        }
    }
    return count;
}

static void nap(uint64_t ns)
{
    struct timespec time = {.tv_sec = (time_t)(ns / 1000000000u),
                            .tv_nsec = (long)(ns % 1000000000u)};
    (void)nanosleep(&time, NULL);
}

/* Sleeps for `ns`, or until Ctrl-C: in pieces, since a signal may come between two. */
static void sleep_for(uint64_t ns)
{
    static const uint64_t PIECE_NS = 20000000;
    uint64_t end = clock_now() + ns;
    for (uint64_t time = clock_now(); time < end && !is_interrupted();
         time = clock_now()) {
        nap(end - time < PIECE_NS ? end - time : PIECE_NS);
    }
}

static void look_for_mistakes(struct team *team, uint64_t ns)
{
    uint64_t end = clock_now() + CHECK_PATIENCE * ns;
    do {
        sleep_for(ns);
    } while (atomic_load_explicit(&team->met, memory_order_relaxed) < team->to_meet &&
             clock_now() < end && !is_interrupted());
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
        refuse("no memory for %u threads", team->count);
    }
    struct company_watch watch;
    if (team->company != NULL) {
        company_begin(&watch);
    }
    const unsigned started = start_all(team, members);
    (void)pthread_barrier_wait(&team->begin);
    if (duration_ns > 0) {
        const uint64_t check_ns = (uint64_t)CHECK_MS * 1000000;
        look_for_mistakes(team, duration_ns < check_ns ? duration_ns : check_ns);
        atomic_store_explicit(&team->phase, WARMING_UP, memory_order_relaxed);
        sleep_for((uint64_t)WARM_UP_MS * 1000000);
    }
    atomic_store_explicit(&team->phase, COUNTING, memory_order_relaxed);
    uint64_t start = clock_now();
    if (duration_ns > 0) {
        sleep_for(duration_ns);
    }
    atomic_store_explicit(&team->phase, OVER, memory_order_relaxed);
    uint64_t end = clock_now();
    uint64_t used = nanoseconds_of(CLOCK_PROCESS_CPUTIME_ID);
    while (!all_finished(team)) {
        if (nanoseconds_of(CLOCK_PROCESS_CPUTIME_ID) - used > team->count * PATIENCE_NS ||
            clock_now() - end >
                (is_interrupted() ? PATIENCE_INTERRUPTED_NS : PATIENCE_ASLEEP_NS)) {
            return -1; /* NOLINT: not a leak, the threads still use `members` */
        }
        nap(500000);
    }
    struct presence *presences = zeroed(team->count, sizeof *presences);
    for (unsigned i = 0; i < started; i++) {
        (void)pthread_join(members[i].thread, NULL);
    }
    for (unsigned i = 0; i < team->count; i++) {
        presences[i] = members[i].presence;
    }
    (void)pthread_barrier_destroy(&team->begin);
    if (team->company != NULL) {
        *team->company =
            company_end(&watch, presences, team->count, team->placement->processors,
                        team->placement->topology);
    }
    free(presences);
    free(members);
    return (double)(end - start);
}

static void work_not_at_all(struct team *team, unsigned self)
{
    (void)team;
    (void)self;
}

void team_try(unsigned count)
{
    struct placement anywhere = {.processors = NULL};
    struct team *team = allocate_lines(sizeof *team);
    team->count = count;
    team->placement = &anywhere;
    team->work = work_not_at_all;
    (void)team_run(team, 0);
    free(team);
}

/* SPDX-License-Identifier: MIT */
/* What the threads of all contended runs do alike: work, and time some acquisitions. */
#ifndef LOCKBENCH_WORKLOAD_H
#define LOCKBENCH_WORKLOAD_H

#include <math.h>
#include <time.h>

#include "bench/choice.h"
#include "bench/measure.h"

/* Locks that a thread has at once, at most. */
enum { MOST_HELD = 2 };

/* The work of a run, and what timing it costs. */
struct workload {
    uint64_t critical_loops;
    uint64_t outside_loops;
    uint64_t between_loops;             /* between two episodes of a barrier */
    const struct task *task;            /* done in a section; NULL: none */
    unsigned lines_read, lines_written; /* in a section, beside those that all have */
    const struct choice *locks;         /* of these one is taken each time, or `held` */
    unsigned held;
    bool by_trying; /* until it is had, without a place in any queue */
    uint64_t clock_ns;
    bool varies;        /* the work takes from nothing to twice as long */
    double interval_ns; /* between two arrivals at a thread, mean; 0: it arrives when it
                           has been served and has done its work */
};

static inline struct workload workload_of(const struct conditions *conditions,
                                          unsigned threads)
{
    double loops_per_ns = conditions->clock.loops_per_ns;
    return (struct workload){
        .critical_loops = (uint64_t)(conditions->critical_ns * loops_per_ns),
        .outside_loops = (uint64_t)(conditions->outside_ns * loops_per_ns),
        .between_loops = (uint64_t)(conditions->between_ns * loops_per_ns),
        .task = conditions->task,
        .lines_read = conditions->lines_read,
        .lines_written = conditions->lines_written,
        .locks = &conditions->locks,
        .held = conditions->nested ? MOST_HELD : 1,
        .by_trying = conditions->by_trying,
        .clock_ns = (uint64_t)conditions->clock.read_ns,
        .varies = conditions->varies,
        .interval_ns = conditions->rate > 0 ? threads * 1e9 / conditions->rate : 0};
}

/* The same while it is looked for mistakes: where all take the same locks, and are inside
   for long enough, a thread that gets in wrongly meets another one nearly every time.
   They are outside for as long: of many locks the thread that has just left would else
   have the next turn, too, and the next, and no other one would get to ask anew. */
static inline struct workload check_of(const struct conditions *conditions)
{
    static const double LONG_ENOUGH_NS = 300;
    struct workload check = workload_of(conditions, 1);
    check.interval_ns = 0;
    check.locks = &conditions->locks_to_check;
    if (conditions->critical_ns < LONG_ENOUGH_NS) {
        check.critical_loops =
            (uint64_t)(LONG_ENOUGH_NS * conditions->clock.loops_per_ns);
    }
    check.outside_loops = check.critical_loops;
    return check;
}

/* Keeps the accesses before it and those after it in the order in which they are
   written. */
static inline void keep_order(void)
{
    __asm__ volatile("" ::: "memory");
}

/* Works for `loops` iterations, or until it is over. */
static inline void work(const struct team *team, uint64_t loops)
{
    enum { AT_ONCE = 100000 };
    while (loops > AT_ONCE &&
           atomic_load_explicit(&team->phase, memory_order_relaxed) != OVER) {
        spend(AT_ONCE);
        loops -= AT_ONCE;
    }
    spend(loops < AT_ONCE ? loops : AT_ONCE);
}

static inline uint64_t minus_cost(uint64_t elapsed, uint64_t cost)
{
    return elapsed > cost ? elapsed - cost : 0;
}

/* --- chance: the same for each thread in every run --- */

/* The state that thread `self` begins with. */
static inline uint32_t first_random(unsigned self)
{
    return 2654435769u * (self + 1);
}

/* A number from 1 to 2³² − 1 (Marsaglia's xorshift). */
static inline uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* A thread times one in this many of its acquisitions, on average. */
enum { SAMPLE_EVERY = 32 };

/* Whether to time the acquisition that comes: true once in (within + 1) / 2 times on
   average. `until` counts down to the next one. */
static inline bool is_sample(uint32_t *until, uint32_t within, uint32_t *random)
{
    if (*until > 0) {
        (*until)--;
        return false;
    }
    *until = next_random(random) % within;
    return true;
}

/* --- arrivals that do not wait for each other --- */

/* Moves a thread's planned arrival on to its next one; at first it is 0. */
static inline void plan_arrival(double *arrival_ns, double interval_ns, uint32_t *random)
{
    if (*arrival_ns == 0) {
        *arrival_ns = (double)clock_now();
    }
    *arrival_ns -= interval_ns * log(next_random(random) / 0x1p32);
}

/* Waits until then, which may be over; whether the run is not. */
static inline bool await_arrival(const struct team *team, double arrival_ns)
{
    static const double LONG_NS =
        200e3; /* what is longer is slept through, but for that */
    while (atomic_load_explicit(&team->phase, memory_order_relaxed) != OVER) {
        double rest = arrival_ns - (double)clock_now();
        if (rest <= 0) {
            return true;
        }
        if (rest > 2 * LONG_NS) {
            double nap = fmin(rest - LONG_NS, 10e6);
            (void)nanosleep(&(struct timespec){.tv_nsec = (long)nap}, NULL);
        }
    }
    return false;
}

/* Those that were planned before the end, and not served: they have waited until now at
   least. Returns how many. Where they are very many, one that is drawn stands for others
   beside it. */
static inline uint64_t note_unserved(struct histogram *waits, double arrival_ns,
                                     double interval_ns, uint32_t *random)
{
    static const double MOST_DRAWN = 100000;
    const double now = (double)clock_now();
    const double arrived = fmax(0, now - arrival_ns) / interval_ns;
    const uint64_t each = 1 + (uint64_t)(arrived / MOST_DRAWN);
    uint64_t count = 0;
    plan_arrival(&arrival_ns, interval_ns * (double)each, random);
    while (arrival_ns < now) {
        histogram_add_times(waits, (uint64_t)(now - arrival_ns), each);
        plan_arrival(&arrival_ns, interval_ns * (double)each, random);
        count += each;
    }
    return count;
}

/* --- which locks --- */

static inline uint32_t draw(const struct choice *locks, uint32_t *random)
{
    uint32_t one = next_random(random);
    return choose(locks, one, next_random(random));
}

/* Those that a thread takes, in the order in which it does, which is that of their
   addresses: so no two wait for each other. */
static inline void choose_locks(const struct workload *workload, uint32_t *random,
                                uint32_t chosen[MOST_HELD])
{
    const struct choice *locks = workload->locks;
    chosen[0] = 0;
    if (locks->count == 1) {
        return;
    }
    chosen[0] = draw(locks, random);
    if (workload->held > 1) {
        uint32_t one = chosen[0];
        uint32_t other = one;
        while (other == one) {
            other = draw(locks, random);
        }
        chosen[0] = one < other ? one : other;
        chosen[1] = one < other ? other : one;
    }
}

/* The loops of a piece of work. */
static inline uint64_t vary(const struct workload *workload, uint64_t loops,
                            uint32_t *random)
{
    return !workload->varies ? loops
                             : (uint64_t)((double)loops * next_random(random) / 0x1p31);
}

#endif

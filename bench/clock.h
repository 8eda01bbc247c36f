/* SPDX-License-Identifier: MIT */
/* Time: what it is, what it costs to ask, and how to spend a given amount of it. */
#ifndef LOCKBENCH_CLOCK_H
#define LOCKBENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds of a clock of the system's; of the monotonic one. */
static inline uint64_t nanoseconds_of(clockid_t clock)
{
    struct timespec time;
    (void)clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline uint64_t clock_now(void)
{
    return nanoseconds_of(CLOCK_MONOTONIC);
}

/* What clock_calibrate found out. */
struct clock_facts {
    double read_ns;       /* what one clock_now() costs */
    double cycles_per_ns; /* the processor's own frequency, in GHz */
    double loops_per_ns;  /* iterations of spend() */
};

/* Measures the facts, on the processor that the caller runs on, in some milliseconds. */
struct clock_facts clock_calibrate(void);

/* Works for `loops` iterations without touching memory. Never inlined: elsewhere in
   memory the same loop may take a quarter longer, and what it takes has been measured. */
void spend(uint64_t loops);

#endif

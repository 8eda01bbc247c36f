/* SPDX-License-Identifier: MIT */
/* Time: what it is, what it costs to ask, and how to spend a given amount of it. */
#ifndef LOCKBENCH_CLOCK_H
#define LOCKBENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds of the monotonic clock. */
static inline uint64_t clock_now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
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

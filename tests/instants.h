/* SPDX-License-Identifier: MIT */
/* Instants of CLOCK_MONOTONIC, for calls with a deadline. */
#ifndef TESTS_INSTANTS_H
#define TESTS_INSTANTS_H

#include "support.h"
#include <time.h>

static UNUSED struct timespec instant(time_t seconds, long nanoseconds)
{
    struct timespec result;
    result.tv_sec = seconds;
    result.tv_nsec = nanoseconds;
    return result;
}

static UNUSED struct timespec from_now(int64_t nanoseconds)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    nanoseconds += now.tv_nsec;
    return instant(now.tv_sec + (time_t)(nanoseconds / 1000000000),
                   (long)(nanoseconds % 1000000000));
}

/* Long after any test has ended, and long ago. */
#define LONG_FROM_NOW (instant(from_now(0).tv_sec + 100000, 0))
#define LONG_AGO      (instant(0, 1))

/* What no deadline may be: each is refused with EINVAL. */
static const struct timespec not_instants[] UNUSED = {
    {0, -1},
    {0, 1000000000},
    {-1, 0},
    {(time_t)(sizeof(time_t) > 4 ? INT64_C(1) << 40 : INT32_MAX), 2000000000}};

#endif

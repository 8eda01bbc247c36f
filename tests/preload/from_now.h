/* SPDX-License-Identifier: MIT */
#ifndef TESTS_PRELOAD_FROM_NOW_H
#define TESTS_PRELOAD_FROM_NOW_H

#include "expect.h"
#include <time.h>

/* An instant of the clock, so many milliseconds ahead. */
static struct timespec from_now(clockid_t clock, long milliseconds)
{
    struct timespec instant;
    EXPECT(clock_gettime(clock, &instant), 0);
    instant.tv_nsec += milliseconds * 1000000;
    instant.tv_sec += instant.tv_nsec / 1000000000;
    instant.tv_nsec %= 1000000000;
    return instant;
}

#endif

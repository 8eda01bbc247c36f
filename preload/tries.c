/* SPDX-License-Identifier: MIT */
/* Waiting by tries: see preload.h. */
#include "preload/preload.h"

#include <lockstep/futex.h>

/* The first sleep and the longest. Chosen, not measured. */
enum { SHORTEST_NS = 1000, LONGEST_NS = 1000000 };

static uint64_t now_of(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return lks_nanoseconds(&now);
}

/* Not nanosleep, which is a point where a thread may be cancelled. */
static void sleep_for(uint64_t nanoseconds)
{
    static _Atomic(uint32_t) unchanged;
    uint64_t end = lks_monotonic_now() + nanoseconds;
    const struct timespec instant = {(time_t)(end / 1000000000u),
                                     (long)(end % 1000000000u)};
    (void)lks_futex_wait(&unchanged, 0, &instant);
}

int try_until(bool (*attempt)(void *argument), void *argument, clockid_t clock,
              const struct timespec *deadline)
{
    if (attempt(argument)) {
        return 0;
    }
    if ((clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) || deadline->tv_nsec < 0 ||
        deadline->tv_nsec >= 1000000000) {
        return EINVAL;
    }
    uint64_t end = deadline->tv_sec < 0 ? 0 : lks_nanoseconds(deadline);
    uint64_t nap = SHORTEST_NS;
    for (uint64_t now = now_of(clock); now < end; now = now_of(clock)) {
        sleep_for(nap < end - now ? nap : end - now);
        if (attempt(argument)) {
            return 0;
        }
        nap = nap * 2 < LONGEST_NS ? nap * 2 : LONGEST_NS;
    }
    return ETIMEDOUT;
}

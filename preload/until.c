/* SPDX-License-Identifier: MIT */
/* Deadlines: see preload.h. */
#include "preload/preload.h"

#include <lockstep/futex.h>

enum { SECOND = 1000000000 };

static uint64_t now_of(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return lks_nanoseconds(&now);
}

/* How long a wait for a deadline of a clock that can be set goes on without a look at
   it. */
static uint64_t longest_for(clockid_t clock)
{
    return clock == CLOCK_MONOTONIC ? UINT64_MAX : SECOND;
}

int until(clockid_t clock, const struct timespec *deadline, uint64_t most,
          struct timespec *instant)
{
    if ((clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) || deadline->tv_nsec < 0 ||
        deadline->tv_nsec >= SECOND) {
        return EINVAL;
    }
    uint64_t end = deadline->tv_sec < 0 ? 0 : lks_nanoseconds(deadline);
    uint64_t now = now_of(clock);
    if (now >= end) {
        return ETIMEDOUT;
    }
    uint64_t left = end - now;
    left = left < most ? left : most;
    left = left < longest_for(clock) ? left : longest_for(clock);
    uint64_t begin = clock == CLOCK_MONOTONIC ? now : lks_monotonic_now();
    /* So that the sum is an instant: some centuries are enough. */
    end = begin + (left < INT64_MAX / 2 ? left : INT64_MAX / 2);
    *instant = (struct timespec){(time_t)(end / SECOND), (long)(end % SECOND)};
    return 0;
}

/* The first sleep and the longest. Chosen, not measured. */
enum { SHORTEST_NS = 1000, LONGEST_NS = 1000000 };

int try_until(bool (*attempt)(void *argument), void *argument, clockid_t clock,
              const struct timespec *deadline)
{
    static _Atomic(uint32_t) unchanged;
    struct timespec instant;
    for (uint64_t nap = SHORTEST_NS; !attempt(argument);
         nap = nap * 2 < LONGEST_NS ? nap * 2 : LONGEST_NS) {
        int error = until(clock, deadline, nap, &instant);
        if (error != 0) {
            return error;
        }
        (void)lks_futex_wait(&unchanged, 0, &instant);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* When each thread has come to the episodes of a barrier, and when it has left them: of
   all episodes while they are few, then of every other one, every fourth, and so on. */
#ifndef LOCKBENCH_MOMENTS_H
#define LOCKBENCH_MOMENTS_H

#include <lockstep/atomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/statistics.h"

enum { MOMENTS = 2048 };

/* Those of one thread; all threads keep those of the same episodes. */
struct moments {
    alignas(LKS_CACHE_LINE) uint64_t every; /* a power of 2 */
    struct moment {
        uint64_t came, left;
    } items[MOMENTS]; /* of the episodes 0, every, 2 × every, … */
};

static inline bool is_kept(const struct moments *moments, uint64_t episode)
{
    return (episode & (moments->every - 1)) == 0;
}

/* Keeps those of an episode that is_kept. */
void keep_moment(struct moments *moments, uint64_t episode, struct moment moment);

/* Of the episodes from `first` to `last` that were kept by all `threads`: how long after
   the last one had come each left, less the clock's cost, and how long before it the
   first one had come. */
void evaluate_moments(const struct moments *all, unsigned threads, uint64_t first,
                      uint64_t last, uint64_t clock_ns, struct histogram *waits,
                      struct histogram *imbalances);

#endif

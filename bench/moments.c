/* SPDX-License-Identifier: MIT */
#include "bench/moments.h"

void keep_moment(struct moments *moments, uint64_t episode, struct moment moment)
{
    if (episode / moments->every == MOMENTS) {
        for (unsigned i = 0; i < MOMENTS / 2; i++) {
            moments->items[i] = moments->items[2 * (size_t)i];
        }
        moments->every *= 2;
    }
    moments->items[episode / moments->every] = moment;
}

void evaluate_moments(const struct moments *all, unsigned threads, uint64_t first,
                      uint64_t last, uint64_t clock_ns, struct histogram *waits,
                      struct histogram *imbalances)
{
    const uint64_t every = all[0].every;
    for (uint64_t i = (first + every - 1) / every; i <= last / every; i++) {
        uint64_t first_came = UINT64_MAX;
        uint64_t last_came = 0;
        for (unsigned k = 0; k < threads; k++) {
            uint64_t came = all[k].items[i].came;
            first_came = came < first_came ? came : first_came;
            last_came = came > last_came ? came : last_came;
        }
        for (unsigned k = 0; k < threads; k++) {
            uint64_t left = all[k].items[i].left;
            uint64_t free_at = last_came + clock_ns;
            histogram_add(waits, left > free_at ? left - free_at : 0);
        }
        histogram_add(imbalances, last_came - first_came);
    }
}

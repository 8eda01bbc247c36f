/* SPDX-License-Identifier: MIT */
/* Which competitor is best at something, and which cannot be told from it. */
#ifndef LOCKBENCH_BEST_H
#define LOCKBENCH_BEST_H

#include "bench/groups.h"

struct best {
    bool counts[MAX_COMPETITORS]; /* compared: was alone, or if none was all were not */
    bool is[MAX_COMPETITORS];     /* the best, or not to be told from it */
    bool too_few;  /* values to tell any from the best, which alone is marked then */
    size_t needed; /* so many of each would be enough */
};

/*
 * Competitors in the order of their family, by a figure with this setting at this
 * distance, as common/difference.h has it. Of runs, or of several launches each one's
 * median. Of those only that are `among` them; NULL: of all.
 */
struct best find_best(const struct report *report, const struct setting *setting,
                      enum distance distance, enum metric figure, const bool *among);

/* Whether more of it is better. */
bool is_more_better(enum metric figure);

#endif

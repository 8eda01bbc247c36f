/* SPDX-License-Identifier: MIT */
#include "bench/best.h"

#include <stdlib.h>

#include "common/difference.h"

bool is_more_better(enum metric figure)
{
    return figure == ACQUISITIONS || figure == READS || figure == WRITES ||
           figure == JAIN;
}

/* Sets those that are compared, of those with values. */
static void choose_compared(const struct report *report, const struct competitors *all,
                            struct group *group, const struct values *values,
                            struct best *best)
{
    for (int with_disturbed = 0; with_disturbed <= 1; with_disturbed++) {
        size_t count = 0;
        for (unsigned i = 0; i < all->count; i++) {
            const struct competitor *one = &all->items[i];
            group->name = one->name;
            best->counts[i] = values[i].count > 0 && !one->broken && !is_null(one) &&
                              (with_disturbed == 1 || !is_disturbed(report, group));
            count += best->counts[i];
        }
        if (count > 0) {
            return;
        }
    }
}

struct best find_best(const struct report *report, const struct setting *setting,
                      enum distance distance, enum metric figure, const bool *among)
{
    const struct competitors *all =
        &report->options->competitors[kind_facts[setting->kind].family];
    struct group group = {.setting = *setting, .distance = distance};
    struct values values[MAX_COMPETITORS] = {{NULL, 0, 0}};
    struct best best = {.too_few = false};
    for (unsigned i = 0; i < all->count; i++) {
        group.name = all->items[i].name;
        if (among == NULL || among[i]) {
            values[i] = values_over(report, &group, metric_of, (int)figure);
        }
    }
    choose_compared(report, all, &group, values, &best);
    for (unsigned i = 0; i < all->count; i++) {
        values[i].count = best.counts[i] ? values[i].count : 0;
    }
    const struct best_sets found =
        find_best_sets(values, all->count, is_more_better(figure), best.is);
    best.too_few = found.too_few;
    best.needed = found.needed;
    for (unsigned i = 0; i < all->count; i++) {
        free(values[i].items);
    }
    return best;
}

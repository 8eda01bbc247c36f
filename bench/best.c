/* SPDX-License-Identifier: MIT */
#include "bench/best.h"

#include <stdlib.h>

#include "common/difference.h"

enum { NONE = MAX_COMPETITORS };

bool is_more_better(enum metric figure)
{
    return figure == ACQUISITIONS || figure == READS || figure == WRITES ||
           figure == JAIN;
}

/* The p up to which there is a difference. */
static double limit_for(size_t competitors)
{
    return 0.05 / ((double)competitors * (double)(competitors - 1) / 2);
}

/* Sets those that are compared, of those with values; returns how many. */
static size_t choose_compared(const struct report *report, const struct competitors *all,
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
            return count;
        }
    }
    return 0;
}

static double median_of(const struct values *values)
{
    return spread_of(values->items, values->count).median;
}

static unsigned find_first(const struct competitors *all, const struct values *values,
                           const struct best *best, bool more)
{
    unsigned first = NONE;
    for (unsigned i = 0; i < all->count; i++) {
        if (best->counts[i] &&
            (first == NONE ||
             (more ? median_of(&values[i]) > median_of(&values[first])
                   : median_of(&values[i]) < median_of(&values[first])))) {
            first = i;
        }
    }
    return first;
}

static bool is_worse(const struct values *one, const struct values *best, bool more,
                     double limit)
{
    const struct difference difference = difference_of(best, one);
    return difference.p <= limit &&
           (more ? difference.greater < 0.5 : difference.greater > 0.5);
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
    size_t count = choose_compared(report, all, &group, values, &best);
    const bool more = is_more_better(figure);
    const double limit = limit_for(count);
    unsigned first = find_first(all, values, &best, more);
    size_t able = 0; /* to be told from the best, if they are far enough from it */
    for (unsigned i = 0; i < all->count; i++) {
        able += best.counts[i] && i != first &&
                least_p(values[first].count, values[i].count) <= limit;
    }
    best.too_few = count > 1 && able == 0;
    for (unsigned i = 0; i < all->count; i++) {
        best.is[i] = i == first || (best.counts[i] && !best.too_few &&
                                    !is_worse(&values[i], &values[first], more, limit));
    }
    for (best.needed = 1; count > 1 && least_p(best.needed, best.needed) > limit;) {
        best.needed++;
    }
    for (unsigned i = 0; i < all->count; i++) {
        free(values[i].items);
    }
    return best;
}

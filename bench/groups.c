/* SPDX-License-Identifier: MIT */
#include "bench/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

const char *const distance_names[DISTANCES] = {
    [ANY] = "any", [NEAR] = "near", [FAR] = "far"};

bool belongs(const struct run *run, const struct group *group)
{
    return same_setting(&run->setting, &group->setting) &&
           strcmp(run->name, group->name) == 0 && run->distance == group->distance;
}

/* Values, and the launch of each; those of a launch stand together. */
struct tagged {
    struct values values;
    unsigned *launches;
};

static struct tagged room_for(size_t count)
{
    return (struct tagged){.values = {.items = zeroed(count, sizeof(double))},
                           .launches = zeroed(count, sizeof(unsigned))};
}

static void tag(struct tagged *all, double value, const struct run *run)
{
    if (!isnan(value)) {
        all->launches[all->values.count] = run->launch;
        all->values.items[all->values.count++] = value;
    }
}

/* The values; of several launches each one's median takes the place of its own. */
static struct values untag(struct tagged *all, unsigned launches)
{
    struct values *values = &all->values;
    size_t kept = 0;
    for (size_t first = 0, next; first < values->count && launches > 1; first = next) {
        next = first + 1;
        while (next < values->count && all->launches[next] == all->launches[first]) {
            next++;
        }
        values->items[kept++] = spread_of(values->items + first, next - first).median;
    }
    values->count = launches > 1 ? kept : values->count;
    free(all->launches);
    return *values;
}

static size_t spread_and_free(struct values values, struct spread *spread)
{
    if (values.count > 0) {
        *spread = spread_of(values.items, values.count);
    }
    free(values.items);
    return values.count;
}

struct values values_over(const struct report *report, const struct group *group,
                          double (*figure)(const struct run *run, int metric), int metric)
{
    struct tagged all = room_for(report->run_count);
    for (size_t i = 0; i < report->run_count; i++) {
        if (belongs(&report->runs[i], group)) {
            tag(&all, figure(&report->runs[i], metric), &report->runs[i]);
        }
    }
    return untag(&all, report->launches);
}

size_t spread_over(const struct report *report, const struct group *group,
                   double (*figure)(const struct run *run, int metric), int metric,
                   struct spread *spread)
{
    return spread_and_free(values_over(report, group, figure, metric), spread);
}

double metric_of(const struct run *run, int metric)
{
    return run->outcome.values[metric];
}

double transfer_of(const struct run *run, int unused)
{
    (void)unused;
    return run->transfer_ns;
}

static double disturbance_of(const struct run *run, int unused)
{
    (void)unused;
    return run->disturbed ? run->disturbance : NAN;
}

bool is_disturbed(const struct report *report, const struct group *group)
{
    struct spread spread;
    return spread_over(report, group, disturbance_of, 0, &spread) > 0;
}

/* What a run gets done, in some unit; NaN: nothing is compared by it. */
static double work_done(const struct run *run)
{
    const double *values = run->outcome.values;
    switch (run->setting.kind) {
    case LATENCY:
        return 1 / values[LATENCY_NS];
    case BARRIER:
        return 1 / values[EPISODE_NS];
    case LOCK:
    case RWLOCK:
        return values[ACQUISITIONS];
    default:
        return NAN;
    }
}

struct values ratios_over(const struct report *report, const struct group *group)
{
    struct group base = *group;
    struct tagged ratios = room_for(report->run_count);
    base.name = report->options->baseline;
    for (size_t i = 0; base.name != NULL && i < report->run_count; i++) {
        const struct run *run = &report->runs[i];
        for (size_t k = 0; belongs(run, group) && k < report->run_count; k++) {
            const struct run *other = &report->runs[k];
            if (other->launch == run->launch && other->round == run->round &&
                belongs(other, &base) && isfinite(work_done(run) / work_done(other))) {
                tag(&ratios, work_done(run) / work_done(other), run);
                break;
            }
        }
    }
    return untag(&ratios, report->launches);
}

size_t ratio_over(const struct report *report, const struct group *group,
                  struct spread *spread)
{
    return spread_and_free(ratios_over(report, group), spread);
}

size_t runs_in(const struct report *report, const struct group *group)
{
    size_t count = 0;
    for (size_t i = 0; i < report->run_count; i++) {
        count += belongs(&report->runs[i], group);
    }
    return count;
}

void for_each_group(const struct report *report, bool with_broken,
                    void (*function)(void *context, const struct group *group),
                    void *context)
{
    for (unsigned s = 0; s < report->settings->count; s++) {
        const struct setting *setting = &report->settings->items[s];
        const struct competitors *competitors =
            &report->options->competitors[kind_facts[setting->kind].family];
        for (int distance = 0; distance < DISTANCES; distance++) {
            for (unsigned i = 0; i < competitors->count; i++) {
                const struct competitor *one = &competitors->items[i];
                struct group group = {.setting = *setting,
                                      .name = one->name,
                                      .distance = (enum distance)distance};
                if (runs_in(report, &group) > 0 ||
                    (with_broken && one->broken && distance == ANY)) {
                    function(context, &group);
                }
            }
        }
    }
}

static const struct competitor *competitor_of(const struct report *report,
                                              const struct group *group)
{
    const struct competitors *competitors =
        &report->options->competitors[kind_facts[group->setting.kind].family];
    for (unsigned i = 0; i < competitors->count; i++) {
        if (strcmp(competitors->items[i].name, group->name) == 0) {
            return &competitors->items[i];
        }
    }
    return NULL;
}

unsigned index_of(const struct report *report, const struct group *group)
{
    const struct competitors *competitors =
        &report->options->competitors[kind_facts[group->setting.kind].family];
    return (unsigned)(competitor_of(report, group) - competitors->items);
}

bool is_broken(const struct report *report, const struct group *group)
{
    const struct competitor *one = competitor_of(report, group);
    return one != NULL && one->broken;
}

const char *library_of(const struct report *report, const struct group *group)
{
    const struct competitor *one = competitor_of(report, group);
    return one != NULL ? one->library : NULL;
}

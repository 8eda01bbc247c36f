/* SPDX-License-Identifier: MIT */
#include "bench/runs.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"

/* Two distances differ if one is more than this times the other. */
static const double NEARBY = 3;

bool is_same_distance(double transfer_ns, double other_ns)
{
    return transfer_ns <= NEARBY * other_ns && other_ns <= NEARBY * transfer_ns;
}

void add_run(struct runs *runs, const struct run *run)
{
    grow_for_one(runs);
    runs->items[runs->count++] = *run;
}

/* The fastest way of a cache line so far; NaN: none yet. */
static double nearest_ns(const struct runs *runs)
{
    double nearest = NAN;
    for (size_t i = 0; i < runs->count; i++) {
        nearest = fmin(nearest, runs->items[i].transfer_ns); /* passes over NaN */
    }
    return nearest;
}

static enum distance distance_of(const struct run *run, double nearest)
{
    if (isnan(run->transfer_ns)) {
        return ANY;
    }
    return run->transfer_ns <= NEARBY * nearest ? NEAR : FAR;
}

unsigned count_runs(const struct runs *runs, const struct setting *setting,
                    const char *name, enum distance distance)
{
    double nearest = nearest_ns(runs);
    unsigned count = 0;
    for (size_t i = 0; i < runs->count; i++) {
        const struct run *run = &runs->items[i];
        count += same_setting(&run->setting, setting) && strcmp(run->name, name) == 0 &&
                 distance_of(run, nearest) == distance;
    }
    return count;
}

/* Whether there is an undisturbed run that says the same as this one. */
static bool has_better(const struct runs *runs, const struct run *run)
{
    for (size_t i = 0; i < runs->count; i++) {
        const struct run *other = &runs->items[i];
        if (!other->disturbed && other->distance == run->distance &&
            same_setting(&other->setting, &run->setting) &&
            strcmp(other->name, run->name) == 0) {
            return true;
        }
    }
    return false;
}

size_t drop_disturbed(struct runs *runs)
{
    size_t kept = 0;
    for (size_t i = 0; i < runs->count; i++) {
        /* Those that were kept, and those to come, are all there still. */
        if (!runs->items[i].disturbed || !has_better(runs, &runs->items[i])) {
            struct run one = runs->items[i];
            runs->items[i] = runs->items[kept];
            runs->items[kept++] = one;
        }
    }
    size_t dropped = runs->count - kept;
    runs->count = kept;
    return dropped;
}

void set_distances(struct runs *runs)
{
    double nearest = nearest_ns(runs);
    bool any_far = false;
    for (size_t i = 0; i < runs->count; i++) {
        struct run *run = &runs->items[i];
        run->distance = distance_of(run, nearest);
        any_far = any_far || run->distance == FAR;
    }
    for (size_t i = 0; i < runs->count && !any_far; i++) {
        runs->items[i].distance = ANY;
    }
}

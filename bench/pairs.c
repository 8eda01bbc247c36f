/* SPDX-License-Identifier: MIT */
#include "bench/pairs.h"

#include <math.h>

#include "common/memory.h"
#include "common/statistics.h"

/* --- which --- */

/* NUMA nodes, each named by the index of its first processor; more than GRID: count is
   0. */
struct nodes {
    unsigned first[GRID];
    unsigned count;
};

static unsigned node_index(const struct nodes *nodes, const struct place *places,
                           unsigned processor)
{
    unsigned i = 0;
    while (i < nodes->count && places[nodes->first[i]].node != places[processor].node) {
        i++;
    }
    return i;
}

static struct nodes find_nodes(const struct place *places, unsigned count)
{
    struct nodes nodes = {.count = 0};
    for (unsigned i = 0; i < count; i++) {
        unsigned index = node_index(&nodes, places, i);
        if (index == GRID) {
            nodes.count = 0;
            break;
        }
        if (index == nodes.count) {
            nodes.first[nodes.count++] = i;
        }
    }
    return nodes;
}

static uint64_t chance(uint64_t *state, uint64_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (*state >> 33) % below;
}

/* A part of all pairs, and how many of them are taken at most. */
struct sample {
    struct pair *items;
    size_t seen, room;
};

/* One for each level and, after these, for each two nodes, in place of ELSEWHERE. */
enum { SAMPLES = LEVELS + GRID * GRID };

static struct sample *sample_of(struct sample *samples, const struct nodes *nodes,
                                const struct place *places, const struct pair *pair)
{
    if (pair->level != ELSEWHERE || nodes->count == 0) {
        return &samples[pair->level];
    }
    unsigned one = node_index(nodes, places, pair->first);
    unsigned other = node_index(nodes, places, pair->second);
    return &samples[LEVELS + (one < other ? one * GRID + other : other * GRID + one)];
}

struct pairs choose_pairs(const struct place *places, unsigned count)
{
    struct pairs pairs = {.places = places, .processors = count};
    struct sample samples[SAMPLES] = {{NULL, 0, 0}};
    const struct nodes nodes = find_nodes(places, count);
    const size_t all = (size_t)count * (count - 1) / 2;
    const unsigned of_nodes = nodes.count * (nodes.count - 1) / 2;
    uint64_t random = 1;
    for (int i = 0; i < SAMPLES; i++) {
        size_t room = i < LEVELS ? MOST_OF_LEVEL : MOST_OF_LEVEL / (of_nodes + 1) + 1;
        samples[i].room = all <= MOST_PAIRS ? all : room;
    }
    for (unsigned i = 0; i < count; i++) {
        for (unsigned k = i + 1; k < count; k++) {
            const struct pair pair = {
                i, k, level_between(&places[i], &places[k]), {NAN, NAN}, false};
            struct sample *sample = sample_of(samples, &nodes, places, &pair);
            if (sample->items == NULL) {
                sample->items = zeroed(sample->room, sizeof *sample->items);
            }
            pairs.there[pair.level]++;
            uint64_t at = sample->seen++;
            at = at < sample->room ? at : chance(&random, at + 1);
            if (at < sample->room) {
                sample->items[at] = pair;
            }
        }
    }
    pairs.items = zeroed(all <= MOST_PAIRS ? all : MOST_PAIRS, sizeof *pairs.items);
    /* First one of each sample, then another one of each. */
    for (size_t k = 0; k < (all <= MOST_PAIRS ? all : MOST_OF_LEVEL); k++) {
        for (int i = 0; i < SAMPLES; i++) {
            if (k < samples[i].room && k < samples[i].seen) {
                pairs.items[pairs.count++] = samples[i].items[k];
            }
        }
    }
    for (int i = 0; i < SAMPLES; i++) {
        free(samples[i].items);
    }
    return pairs;
}

/* --- how it is shown --- */

static void print_level(FILE *file, const struct pairs *pairs, enum level level,
                        enum home home)
{
    static const char *const levels[LEVELS] = {[SAME_PROCESSOR] = "of one processor",
                                               [SAME_CORE] = "in the same core",
                                               [SAME_CACHE] =
                                                   "under the same last-level cache",
                                               [SAME_NODE] = "in the same NUMA node",
                                               [ELSEWHERE] = "in different NUMA nodes"};
    double *values = zeroed(pairs->count, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        if (pairs->items[i].level == level && !isnan(pairs->items[i].one_way_ns[home])) {
            values[count++] = pairs->items[i].one_way_ns[home];
        }
    }
    if (count > 0) {
        struct spread spread = spread_of(values, count);
        (void)fprintf(file, "%-32s %-16s %6zu of %-7zu %8.1f %8.1f %8.1f\n",
                      levels[level], home == AT_FIRST ? "the first's" : "a third one",
                      count, pairs->there[level], spread.median, spread.min, spread.max);
    }
    free(values);
}

/* The median of some pairs: those between two processors, or between their nodes. */
static double between(const struct pairs *pairs, unsigned one, unsigned other, bool nodes)
{
    const struct place *places = pairs->places;
    double *values = zeroed(pairs->count, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->items[i];
        unsigned from = nodes ? places[pair->first].node : pair->first;
        unsigned to = nodes ? places[pair->second].node : pair->second;
        unsigned a = nodes ? places[one].node : one;
        unsigned b = nodes ? places[other].node : other;
        if (a != b && ((from == a && to == b) || (from == b && to == a)) &&
            !isnan(pair->one_way_ns[AT_FIRST])) {
            values[count++] = pair->one_way_ns[AT_FIRST];
        }
    }
    double median = count > 0 ? spread_of(values, count).median : NAN;
    free(values);
    return median;
}

static void print_grid(FILE *file, const struct pairs *pairs, const unsigned *which,
                       unsigned count, bool nodes)
{
    (void)fputs(nodes ? "\nThe median between NUMA nodes, each by its first "
                        "processor\n\nnode of  "
                      : "\nprocessor",
                file);
    for (unsigned k = 0; k < count; k++) {
        (void)fprintf(file, " %4u", pairs->places[which[k]].processor);
    }
    for (unsigned i = 0; i < count; i++) {
        (void)fprintf(file, "\n%9u", pairs->places[which[i]].processor);
        for (unsigned k = 0; k < count; k++) {
            double ns = between(pairs, which[i], which[k], nodes);
            if (isnan(ns)) {
                (void)fputs("    -", file);
            } else {
                (void)fprintf(file, " %4.0f", ns);
            }
        }
    }
    (void)fputc('\n', file);
}

void print_pairs(FILE *file, const struct pairs *pairs)
{
    (void)fprintf(
        file,
        "\nThe way of a cache line from one processor to another, one way, ns\n\n"
        "%-32s %-16s %17s %8s %8s %8s\n",
        "two hardware threads", "line's home node", "pairs measured", "median", "least",
        "most");
    for (int level = 0; level < LEVELS; level++) {
        for (int home = 0; home < HOMES; home++) {
            print_level(file, pairs, (enum level)level, (enum home)home);
        }
    }
    const struct nodes nodes = find_nodes(pairs->places, pairs->processors);
    if (pairs->processors <= GRID) {
        unsigned all[GRID];
        for (unsigned i = 0; i < pairs->processors; i++) {
            all[i] = i;
        }
        print_grid(file, pairs, all, pairs->processors, false);
    } else if (nodes.count > 1) {
        print_grid(file, pairs, nodes.first, nodes.count, true);
    }
}

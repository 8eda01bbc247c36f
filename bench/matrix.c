/* SPDX-License-Identifier: MIT */
#include "bench/matrix.h"

#include <math.h>
#include <stdlib.h>

#include "bench/levels.h"
#include "bench/lines.h"
#include "bench/machine.h"
#include "bench/ping_pong.h"
#include "common/json.h"
#include "common/memory.h"
#include "common/record.h"
#include "common/statistics.h"
#include "common/text.h"

/* Where the line is at home: at the first of the two, or at some third node. */
enum home { AT_FIRST, AT_NEITHER, HOMES };

/* Two of the processors, by their index. */
struct pair {
    unsigned first, second;
    enum level level;
    double one_way_ns[HOMES]; /* NaN: not measured, or interrupted */
    bool disturbed;
};

/* Of each level at most so many are measured, if there are more pairs than all that. */
enum { MOST_OF_LEVEL = 200, MOST = MOST_OF_LEVEL * LEVELS, GRID = 16 };

struct pairs {
    struct pair *items;
    size_t count;
    size_t there[LEVELS]; /* how many there are, measured or not */
    const struct place *places;
    unsigned processors;
    json_t *machine;
    time_t started;
};

/* --- which -------------------------------------------------------------------------- */

static uint64_t chance(uint64_t *state, uint64_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (*state >> 33) % below;
}

/* All pairs, or of each level a sample that is the same each time: each pair has the same
   chance to be in it. */
static struct pairs choose_pairs(const struct place *places, unsigned count)
{
    struct pairs pairs = {.places = places, .processors = count};
    size_t all = (size_t)count * (count - 1) / 2;
    size_t room = all <= MOST ? all : MOST_OF_LEVEL;
    struct pair *chosen = zeroed(all <= MOST ? all * LEVELS : MOST, sizeof *chosen);
    uint64_t random = 1;
    for (unsigned i = 0; i < count; i++) {
        for (unsigned k = i + 1; k < count; k++) {
            enum level level = level_between(&places[i], &places[k]);
            uint64_t at = pairs.there[level]++;
            at = at < room ? at : chance(&random, at + 1);
            if (at < room) {
                chosen[level * room + at] = (struct pair){i, k, level, {NAN, NAN}, false};
            }
        }
    }
    pairs.items = zeroed(all <= MOST ? all : MOST, sizeof *pairs.items);
    for (int level = 0; level < LEVELS; level++) {
        for (size_t i = 0; i < room && i < pairs.there[level]; i++) {
            pairs.items[pairs.count++] = chosen[(size_t)level * room + i];
        }
    }
    free(chosen);
    return pairs;
}

/* --- measuring ---------------------------------------------------------------------- */

/* Again, a few times, if others had a part of the processors. */
static double measure_pair(const lks_topology_t *topology, const unsigned two[2],
                           void *memory, bool *disturbed)
{
    enum { TRIES = 3 };
    double least = NAN;
    *disturbed = true;
    for (int i = 0; i < TRIES && *disturbed; i++) {
        struct table *table = memory;
        struct company company;
        atomic_store_explicit(&table->ball, 0, memory_order_relaxed);
        double one_way = ping_pong(topology, two, table, &company);
        if (isnan(one_way)) {
            return NAN;
        }
        *disturbed = disturbance(&company, NULL, 0) > DISTURBED;
        least = fmin(least, one_way); /* passes over NaN */
    }
    return least;
}

/* A processor of another node than both; −1: there is none. */
static int third_of(const struct pairs *pairs, const struct pair *pair)
{
    for (unsigned i = 0; i < pairs->processors; i++) {
        unsigned node = pairs->places[i].node;
        if (node != pairs->places[pair->first].node &&
            node != pairs->places[pair->second].node) {
            return (int)i;
        }
    }
    return -1;
}

static void measure_homes(const lks_topology_t *topology, const struct pairs *pairs,
                          struct pair *pair)
{
    const unsigned two[2] = {pairs->places[pair->first].processor,
                             pairs->places[pair->second].processor};
    for (int home = AT_FIRST; home < HOMES; home++) {
        int third = home == AT_FIRST ? (int)pair->first : third_of(pairs, pair);
        size_t size = LKS_WHOLE_LINES(sizeof(struct table));
        void *memory =
            third >= 0 ? allocate_near(pairs->places[third].processor, size) : NULL;
        bool disturbed = false;
        if (memory != NULL) {
            pair->one_way_ns[home] = measure_pair(topology, two, memory, &disturbed);
            pair->disturbed = pair->disturbed || disturbed;
        }
        if (memory != NULL && !isnan(pair->one_way_ns[home])) {
            free_near(memory, size);
        }
    }
}

static size_t measure_pairs(const lks_topology_t *topology, struct pairs *pairs)
{
    size_t disturbed = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        if (atomic_load_explicit(&interrupted, memory_order_relaxed)) {
            break;
        }
        progress_show("[%zu/%zu] the way of a cache line", i + 1, pairs->count);
        measure_homes(topology, pairs, &pairs->items[i]);
        disturbed += pairs->items[i].disturbed;
    }
    progress_clear();
    return disturbed;
}

/* --- printing ----------------------------------------------------------------------- */

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

static double between(const struct pairs *pairs, unsigned one, unsigned other)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->items[i];
        if ((pair->first == one && pair->second == other) ||
            (pair->first == other && pair->second == one)) {
            return pair->one_way_ns[AT_FIRST];
        }
    }
    return NAN;
}

static void print_grid(FILE *file, const struct pairs *pairs)
{
    (void)fputs("\nprocessor", file);
    for (unsigned k = 0; k < pairs->processors; k++) {
        (void)fprintf(file, " %4u", pairs->places[k].processor);
    }
    for (unsigned i = 0; i < pairs->processors; i++) {
        (void)fprintf(file, "\n%9u", pairs->places[i].processor);
        for (unsigned k = 0; k < pairs->processors; k++) {
            double ns = between(pairs, i, k);
            if (isnan(ns)) {
                (void)fputs("    -", file);
            } else {
                (void)fprintf(file, " %4.0f", ns);
            }
        }
    }
    (void)fputc('\n', file);
}

static void print_text(FILE *file, const struct pairs *pairs, size_t disturbed,
                       const char *machine)
{
    text_wrapped(file, 100, "lockbench %s on %s", LOCKSTEP_VERSION, machine);
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
    if (pairs->processors <= GRID) {
        print_grid(file, pairs);
    }
    if (disturbed > 0) {
        (void)fprintf(file,
                      "\nDISTURBED: in %zu of %zu pairs others had a part of the "
                      "processors.\n",
                      disturbed, pairs->count);
    }
    if (atomic_load_explicit(&interrupted, memory_order_relaxed)) {
        (void)fputs("\nNot complete: the measuring was cut short.\n", file);
    }
}

static void set(json_t *object, const char *name, json_t *value)
{
    (void)json_object_set_new(object, name, value);
}

static void write_pair(FILE *file, const struct options *options,
                       const struct pairs *pairs, const struct pair *pair)
{
    json_t *record = record_begin(&command_line, build_library_flags);
    set_origin(record, pairs->machine, pairs->started);
    set(record, "first", json_integer(pairs->places[pair->first].processor));
    set(record, "second", json_integer(pairs->places[pair->second].processor));
    set(record, "shared", json_text(level_names[pair->level]));
    set(record, "one_way_ns", json_known(pair->one_way_ns[AT_FIRST]));
    set(record, "one_way_third_node_ns", json_known(pair->one_way_ns[AT_NEITHER]));
    set(record, "disturbed", json_boolean(pair->disturbed));
    record_write(file, (enum format)options->format, record);
}

void print_matrix(FILE *file, const struct options *options,
                  const lks_topology_t *topology, const unsigned *processors,
                  unsigned count)
{
    struct place *places = zeroed(count, sizeof *places);
    find_places(places, processors, count);
    struct pairs pairs = choose_pairs(places, count);
    pairs.machine = machine_facts();
    pairs.started = time(NULL);
    if (pairs.count == 0) {
        refuse("matrix: this process may use one processor only");
    }
    size_t disturbed = measure_pairs(topology, &pairs);
    if (options->format == TABLE) {
        print_text(file, &pairs, disturbed, lks_topology_description(topology));
    } else {
        for (size_t i = 0; i < pairs.count; i++) {
            write_pair(file, options, &pairs, &pairs.items[i]);
        }
    }
    json_decref(pairs.machine);
    free(pairs.items);
    free(places);
}

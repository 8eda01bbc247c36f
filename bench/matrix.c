/* SPDX-License-Identifier: MIT */
#include "bench/matrix.h"

#include <math.h>
#include <stdlib.h>

#include "bench/clock.h"
#include "bench/levels.h"
#include "bench/machine.h"
#include "bench/pairs.h"
#include "bench/ping_pong.h"
#include "common/json.h"
#include "common/memory.h"
#include "common/record.h"
#include "common/text.h"

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
    static const uint64_t LONGEST_NS = 100u * (uint64_t)1000000000;
    const uint64_t start = clock_now();
    size_t disturbed = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        if (is_interrupted() || clock_now() - start > LONGEST_NS) {
            break;
        }
        progress_show("[%zu/%zu] the way of a cache line", i + 1, pairs->count);
        measure_homes(topology, pairs, &pairs->items[i]);
        disturbed += pairs->items[i].disturbed;
    }
    progress_clear();
    return disturbed;
}

/* --- printing --- */

static void print_text(FILE *file, const struct pairs *pairs, size_t disturbed,
                       const char *machine)
{
    text_wrapped(file, 100, "lockbench %s on %s", LOCKSTEP_VERSION, machine);
    print_pairs(file, pairs);
    if (disturbed > 0) {
        (void)fprintf(file,
                      "\nDISTURBED: in %zu of %zu pairs others had a part of the "
                      "processors.\n",
                      disturbed, pairs->count);
    }
    size_t missing = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        missing += isnan(pairs->items[i].one_way_ns[AT_FIRST]) != 0 ? 1 : 0;
    }
    if (is_interrupted()) {
        (void)fputs("\nNot complete: the measuring was cut short.\n", file);
    } else if (missing > 0) {
        (void)fprintf(file, "\nNot measured, since it took too long: %zu pairs of %zu.\n",
                      missing, pairs->count);
    }
}

static void write_pairs(FILE *file, const struct options *options,
                        const struct pairs *pairs, time_t started)
{
    json_t *machine = machine_facts();
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->items[i];
        json_t *record = record_begin(&command_line, build_library_flags);
        set_origin(record, machine, started);
        set(record, "first", json_integer(pairs->places[pair->first].processor));
        set(record, "second", json_integer(pairs->places[pair->second].processor));
        set(record, "shared", json_text(level_names[pair->level]));
        set(record, "one_way_ns", json_known(pair->one_way_ns[AT_FIRST]));
        set(record, "one_way_third_node_ns", json_known(pair->one_way_ns[AT_NEITHER]));
        set(record, "disturbed", json_boolean(pair->disturbed));
        record_write(file, (enum format)options->format, record);
    }
    json_decref(machine);
}

void print_matrix(FILE *file, const struct options *options,
                  const lks_topology_t *topology, const unsigned *processors,
                  unsigned count)
{
    const time_t started = time(NULL);
    struct place *places = zeroed(count, sizeof *places);
    find_places(places, processors, count);
    struct pairs pairs = choose_pairs(places, count);
    if (pairs.count == 0) {
        refuse("matrix: this process may use one processor only");
    }
    size_t disturbed = measure_pairs(topology, &pairs);
    if (options->format == TABLE) {
        print_text(file, &pairs, disturbed, lks_topology_description(topology));
    } else {
        write_pairs(file, options, &pairs, started);
    }
    free(pairs.items);
    free(places);
}

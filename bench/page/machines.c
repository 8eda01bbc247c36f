/* SPDX-License-Identifier: MIT */
#include "bench/page/machines.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/fields.h"
#include "bench/page/html.h"
#include "common/memory.h"

/* --- which there are ---------------------------------------------------------------- */

struct machines machines_of(const struct collection *results)
{
    struct machines machines = {NULL, 0, 0};
    for (size_t i = 0; i < results->count; i++) {
        const struct result *result = &results->items[i];
        bool found = !json_is_object(field(result->record, "machine"));
        char *text = found ? NULL : machine_text(result->record);
        for (size_t k = 0; k < machines.count && !found; k++) {
            found = strcmp(machines.items[k].text, text) == 0 &&
                    json_equal(field(machines.items[k].record, "machine"),
                               field(result->record, "machine"));
        }
        if (found) {
            free(text);
            continue;
        }
        grow_for_one(&machines);
        struct machine *machine = &machines.items[machines.count++];
        *machine = (struct machine){.record = result->record, .text = text};
        (void)snprintf(machine->id, sizeof machine->id,
                       machines.count == 1 ? "machine" : "machine-%zu", machines.count);
    }
    return machines;
}

static void add_processor(struct ways *ways, json_int_t processor)
{
    size_t at = 0;
    while (at < ways->processor_count && ways->processors[at] < processor) {
        at++;
    }
    if (at < ways->processor_count && ways->processors[at] == processor) {
        return;
    }
    ways->processors =
        grow(ways->processors, (ways->processor_count + 1) * sizeof *ways->processors);
    memmove(&ways->processors[at + 1], &ways->processors[at],
            (ways->processor_count - at) * sizeof *ways->processors);
    ways->processors[at] = processor;
    ways->processor_count++;
}

static double way_of(const struct result *result)
{
    return number_in(result->record, "one_way_ns");
}

static void add_way(struct ways *ways, const struct result *result)
{
    /* Of pointers: NOLINTNEXTLINE(bugprone-sizeof-expression) */
    ways->items = grow(ways->items, (ways->count + 1) * sizeof *ways->items);
    ways->items[ways->count++] = result;
    ways->least = fmin(ways->least, way_of(result));
    ways->most = fmax(ways->most, way_of(result));
    add_processor(ways, json_integer_value(field(result->record, "first")));
    add_processor(ways, json_integer_value(field(result->record, "second")));
}

struct matrices matrices_of(struct collection *results, const struct groups *groups)
{
    struct matrices matrices = {NULL, 0, 0};
    for (size_t g = 0; g < groups->count; g++) {
        if (groups->items[g]->origin != OF_MATRIX) {
            continue;
        }
        struct ways ways = {.group = groups->items[g], .least = NAN, .most = NAN};
        for (size_t i = 0; i < results->count; i++) {
            if (results->items[i].group == groups->items[g] &&
                isfinite(way_of(&results->items[i]))) {
                add_way(&ways, &results->items[i]);
            }
        }
        if (ways.count > 0) {
            grow_for_one(&matrices);
            (void)snprintf(ways.id, sizeof ways.id,
                           matrices.count == 0 ? "matrix" : "matrix-%zu",
                           matrices.count + 1);
            matrices.items[matrices.count++] = ways;
        }
    }
    return matrices;
}

/* The way between two; NULL: it was not measured. */
static const struct result *way_between(const struct ways *ways, json_int_t one,
                                        json_int_t other)
{
    for (size_t i = 0; i < ways->count; i++) {
        const json_t *record = ways->items[i]->record;
        json_int_t first = json_integer_value(field(record, "first"));
        json_int_t second = json_integer_value(field(record, "second"));
        if ((first == one && second == other) || (first == other && second == one)) {
            return ways->items[i];
        }
    }
    return NULL;
}

/* --- a machine drawn ---------------------------------------------------------------- */

/*
 * Boxes in boxes: packages, NUMA nodes, last-level caches, cores, processors, as the
 * nested arrays have them. A box puts its own beside each other, and below where the line
 * is full. A node that is the only one of its package is not drawn.
 */
enum level { MACHINE, PACKAGE, NODE, CACHE, CORE, LEAF };
enum { MOST_PROCESSORS = 1024 };

static size_t processors_below(const json_t *array, int level)
{
    size_t count = 0, i;
    const json_t *item;
    json_array_foreach(array, i, item)
    {
        count += level == CORE ? (size_t)json_is_integer(item)
                               : processors_below(item, level + 1);
    }
    return count;
}

bool machine_is_known(const struct machine *machine)
{
    size_t count =
        processors_below(field(machine->record, "machine.processors"), MACHINE);
    return count > 0 && count <= MOST_PROCESSORS;
}

struct drawing {
    FILE *script; /* NULL: only measured */
    unsigned boxes;
    size_t counts[LEAF];
};

struct extent {
    double width, height;
};

static const double GAP = 0.25, HEAD = 0.85, LINES[LEAF] = {34, 32, 30, 28, 1.5};

static void put_box(struct drawing *drawing, double x, double y, struct extent size,
                    const char *colour, const char *label)
{
    if (drawing->script == NULL) {
        return;
    }
    (void)fprintf(drawing->script,
                  "set object %u rectangle from %.3f,%.3f to %.3f,%.3f fs empty border "
                  "lc rgb '%s' lw 1.2\n",
                  ++drawing->boxes, x, -y, x + size.width, -y - size.height, colour);
    if (label[0] != '\0') {
        (void)fprintf(drawing->script, "set label ");
        plot_text(drawing->script, label);
        (void)fprintf(drawing->script, " at %.3f,%.3f left textcolor rgb '#808080'\n",
                      x + 0.15, -y - 0.5);
    }
}

static void put_leaf(struct drawing *drawing, double x, double y, const json_t *number)
{
    if (drawing->script != NULL) {
        (void)fprintf(drawing->script,
                      "set label '%" JSON_INTEGER_FORMAT "' at %.3f,%.3f center\n",
                      json_integer_value(number), x + 0.75, -y - 0.5);
    }
}

static void name_box(struct drawing *drawing, int level, char label[32])
{
    static const char *const names[LEAF] = {
        [PACKAGE] = "package", [NODE] = "node", [CACHE] = "cache"};
    label[0] = '\0';
    if (names[level] != NULL) {
        (void)snprintf(label, 32, "%s %zu", names[level], drawing->counts[level]);
    }
    drawing->counts[level]++;
}

/* `alone`: no other box is in the one that it is in. */
static struct extent place(struct drawing *drawing, const json_t *array, int level,
                           bool alone, double x, double y)
{
    bool framed = level != MACHINE && (level != NODE || !alone);
    bool headed = framed && level != CORE;
    double left = framed ? GAP : 0, top = headed ? HEAD : framed ? GAP / 2 : 0;
    double at = left, row = top, tallest = 0;
    struct extent whole = {0, 0};
    char label[32] = "";
    bool single = json_array_size(array) == 1;
    if (framed) {
        name_box(drawing, level, label);
    }
    size_t i;
    const json_t *item;
    json_array_foreach(array, i, item)
    {
        struct extent size = {1.5, 1};
        if (level != CORE) {
            struct drawing silent = {.script = NULL};
            size = place(&silent, item, level + 1, single, 0, 0);
        }
        if (at > left && at + size.width > LINES[level]) {
            at = left;
            row += tallest + (level == CORE ? 0 : GAP);
            tallest = 0;
        }
        if (level == CORE) {
            put_leaf(drawing, x + at - left, y + row, item);
        } else {
            (void)place(drawing, item, level + 1, single, x + at, y + row);
        }
        at += size.width + (level == CORE ? 0 : GAP);
        tallest = fmax(tallest, size.height);
        whole.width = fmax(whole.width, at - (level == CORE ? 0 : GAP));
    }
    whole.width = level == CORE ? 1.5 : fmax(whole.width + left, headed ? 4 : 0);
    whole.height = row + tallest + (headed ? GAP : framed ? GAP / 2 : 0);
    if (framed) {
        put_box(drawing, x, y, whole, level == CORE ? "#000000" : "#808080", label);
    }
    return whole;
}

static struct extent extent_of(const struct machine *machine)
{
    struct drawing drawing = {.script = NULL};
    struct extent size = place(&drawing, field(machine->record, "machine.processors"),
                               MACHINE, true, 0, 0);
    size.width = fmax(size.width, 30); /* so that a box is as large on each machine */
    return size;
}

static void plot_machine(FILE *script, const void *what)
{
    const struct machine *machine = what;
    struct drawing drawing = {.script = script};
    struct extent size = extent_of(machine);
    (void)fputs("unset border\nunset tics\nunset key\nset margins 0,0,0,0\n", script);
    (void)place(&drawing, field(machine->record, "machine.processors"), MACHINE, true, 0,
                0);
    (void)fprintf(script,
                  "set xrange [-0.1:%.3f]\nset yrange [%.3f:0.1]\nplot NaN notitle\n",
                  size.width + 0.1, -size.height - 0.1);
}

struct picture picture_of_machine(const struct machine *machine)
{
    struct extent size = extent_of(machine);
    double height = ceil(WIDE * (size.height + 0.2) / (size.width + 0.2));
    return (struct picture){machine->id, WIDE, (unsigned)height, plot_machine, machine};
}

/* --- ways of a cache line ----------------------------------------------------------- */

enum { NUMBERED = 16 }; /* so many processors have room for numbers in their cells */

/* From light to dark blue, as the ways get longer. */
static unsigned shade(const struct ways *ways, double way)
{
    static const unsigned ends[2][3] = {{222, 235, 247}, {8, 48, 107}};
    double share =
        ways->most > ways->least ? (way - ways->least) / (ways->most - ways->least) : 0;
    unsigned colour = 0;
    for (int i = 0; i < 3; i++) {
        double mixed = ends[0][i] + share * ((double)ends[1][i] - ends[0][i]);
        colour = colour << 8 | (unsigned)lround(mixed);
    }
    return colour;
}

static void put_cells(FILE *script, const struct ways *ways)
{
    (void)fputs("$data << END\n", script);
    for (size_t i = 0; i < ways->processor_count; i++) {
        for (size_t k = 0; k < ways->processor_count; k++) {
            const struct result *way =
                way_between(ways, ways->processors[i], ways->processors[k]);
            if (way != NULL) {
                (void)fprintf(script, "%zu %zu %u\n", k, i, shade(ways, way_of(way)));
            }
        }
    }
    (void)fputs("END\n", script);
    for (size_t i = 0; i < ways->processor_count; i++) {
        for (size_t k = 0; k < ways->processor_count && ways->processor_count <= NUMBERED;
             k++) {
            const struct result *way =
                way_between(ways, ways->processors[i], ways->processors[k]);
            char digits[32];
            if (way != NULL) {
                bool dark = (way_of(way) - ways->least) * 2 > ways->most - ways->least;
                (void)fprintf(script,
                              "set label '%s' at %zu,%zu center front textcolor rgb "
                              "'%s'\n",
                              digits_of(digits, way_of(way)), k, i,
                              dark ? "#fefefe" : "#010101");
            }
        }
    }
}

static void put_numbers(FILE *script, const struct ways *ways, char axis)
{
    size_t step = 1 + (ways->processor_count - 1) / 32;
    (void)fprintf(script, "set %ctics scale 0 (", axis);
    for (size_t i = 0; i < ways->processor_count; i += step) {
        (void)fprintf(script, "%s'%" JSON_INTEGER_FORMAT "' %zu", i > 0 ? ", " : "",
                      ways->processors[i], i);
    }
    (void)fputs(")\n", script);
}

enum {
    BELOW = 10,
    ABOVE = 2,
    CELL = 8,
    MOST_CELLS = 10
}; /* in hundredths of the width */

static size_t side_of(const struct ways *ways)
{
    return CELL *
           (ways->processor_count < MOST_CELLS ? ways->processor_count : MOST_CELLS);
}

static unsigned ways_height(const struct ways *ways)
{
    return (unsigned)(BELOW + ABOVE + side_of(ways));
}

static void plot_ways(FILE *script, const void *what)
{
    static const double LEFT = 0.08;
    const struct ways *ways = what;
    double height = ways_height(ways), side = (double)side_of(ways);
    put_cells(script, ways);
    put_numbers(script, ways, 'x');
    put_numbers(script, ways, 'y');
    (void)fprintf(
        script,
        "unset border\nunset key\nset size ratio -1\nset lmargin at screen %.3f\n"
        "set rmargin at screen %.3f\nset tmargin at screen %.3f\n"
        "set bmargin at screen %.3f\n"
        "set xrange [-0.5:%zu.5]\nset yrange [%zu.5:-0.5]\n"
        "set xlabel 'processor'\nset ylabel 'processor'\n"
        "set style fill solid noborder\n"
        "plot $data using 1:2:($1-0.48):($1+0.48):($2-0.48):($2+0.48):3 with "
        "boxxyerror lc rgb variable notitle\n",
        LEFT, LEFT + side / 100, 1 - ABOVE / height, BELOW / height,
        ways->processor_count - 1, ways->processor_count - 1);
}

struct picture picture_of_ways(const struct ways *ways)
{
    return (struct picture){ways->id, WIDE, ways_height(ways) * WIDE / 100, plot_ways,
                            ways};
}

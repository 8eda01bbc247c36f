/* SPDX-License-Identifier: MIT */
/*
 * Whether growth has one name, from whatever range of processors: of the runs of locksim
 * in a file of CSV, for each primitive and figure, with those up to 8, 16, 32, 64 and 256
 * processors, and with powers of two only. "range too small" is no name.
 *
 *   ranges FILE.csv
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/show/figures.h"

enum { MOST_COLUMNS = 256, LINE = 1 << 16 };

static char *heading[MOST_COLUMNS], *fields[MOST_COLUMNS];

/* Fields may be in quotes, with commas; none that matters has quotes within. */
static void split(char *line, char *into[MOST_COLUMNS])
{
    bool quoted = false;
    unsigned count = 0;
    into[count++] = line;
    for (char *c = line; *c != '\0' && count < MOST_COLUMNS; c++) {
        quoted ^= *c == '"';
        if (*c == '\n' || (*c == ',' && !quoted)) {
            *c = '\0';
            into[count++] = c + 1;
        }
    }
}

static const char *text_of(const char *name)
{
    for (unsigned i = 0; i < MOST_COLUMNS && heading[i] != NULL; i++) {
        if (strcmp(heading[i], name) == 0) {
            return fields[i];
        }
    }
    (void)fprintf(stderr, "ranges: no column %s\n", name);
    exit(2);
}

static double bounded(const char *name)
{
    char unbounded[64];
    (void)snprintf(unbounded, sizeof unbounded, "%s_unbounded", name);
    return strcmp(text_of(unbounded), "true") == 0 ? INFINITY : atof(text_of(name));
}

static struct machine machine;

static void read_row(struct series *into)
{
    unsigned i = into->count++;
    into->processors[i] = atof(text_of("processors"));
    bool on_bus = strcmp(text_of("structure"), "smp") == 0;
    bool no_caches = strcmp(text_of("protocol"), "none") == 0;
    into->loads[i] = on_bus      ? atof(text_of("bus_utilisation"))
                     : no_caches ? atof(text_of("module_utilisation"))
                                 : 0;
    into->figures[CYCLES][i] = atof(text_of("cycles_per_passage"));
    into->figures[TRANSACTIONS_EACH][i] = atof(text_of("transactions_per_passage"));
    into->figures[RMR_CC][i] = bounded("rmr_cc_per_passage");
    into->figures[RMR_DSM][i] = bounded("rmr_dsm_per_passage");
}

static struct series part_of(const struct series *whole, double last, bool powers)
{
    struct series part = {.largest = {.machine = &machine}};
    for (unsigned i = 0; i < whole->count; i++) {
        double P = whole->processors[i];
        if (P <= last && (!powers || log2(P) == floor(log2(P)))) {
            part.processors[part.count] = P;
            part.loads[part.count] = whole->loads[i];
            for (int j = 0; j < GROWING; j++) {
                part.figures[j][part.count] = whole->figures[j][i];
            }
            part.count++;
        }
    }
    return part;
}

/* Returns whether all ranges agree. */
static bool agree(const char *name, const struct series *whole, enum figure figure)
{
    static const double lasts[] = {8, 16, 32, 64, 128, 256};
    const char *named = NULL;
    bool same = true;
    for (int i = 0; i < 12; i++) {
        struct series part = part_of(whole, lasts[i % 6], i >= 6);
        struct growing growing = growth_of(&part, figure);
        const char *found = growing_name(&growing);
        if (strcmp(found, growth_name(TOO_SMALL)) != 0) {
            same &= named == NULL || strcmp(named, found) == 0;
            named = found;
        }
    }
    for (int i = 0; i < 12 && !same; i++) {
        struct series part = part_of(whole, lasts[i % 6], i >= 6);
        struct growing growing = growth_of(&part, figure);
        char text[128] = "unbounded";
        if (!growing.unbounded) {
            fit_describe(&growing.fit, text, sizeof text);
        }
        (void)printf("%s, figure %d, to %.0f%s: %s\n", name, figure, lasts[i % 6],
                     i < 6 ? "" : ", powers of two", text);
    }
    return same;
}

int main(int argc, char **argv)
{
    static char head[LINE], line[LINE];
    static struct series series_of_one;
    char name[64] = "";
    bool good = true, more = true;
    unsigned primitives = 0;
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (file == NULL || fgets(head, sizeof head, file) == NULL) {
        (void)fputs("usage: ranges FILE.csv\n", stderr);
        return 2;
    }
    split(head, heading);
    while (more) {
        more = fgets(line, sizeof line, file) != NULL;
        if (more) {
            split(line, fields);
            bool on_bus = strcmp(text_of("structure"), "smp") == 0;
            machine.structure = on_bus ? SMP : NUMA;
        }
        if (name[0] != '\0' && (!more || strcmp(name, text_of("name")) != 0)) {
            for (int i = 0; i < GROWING; i++) {
                good &= agree(name, &series_of_one, (enum figure)i);
            }
            series_of_one = (struct series){.count = 0};
            primitives++;
        }
        if (more) {
            (void)snprintf(name, sizeof name, "%s", text_of("name"));
            read_row(&series_of_one);
        }
    }
    (void)printf("%u primitives\n", primitives);
    return good && primitives > 0 ? 0 : 1;
}

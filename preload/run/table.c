/* SPDX-License-Identifier: MIT */
#include "preload/run/table.h"

#include <math.h>
#include <stdio.h>
#include <sys/wait.h>

#include "common/memory.h"
#include "common/statistics.h"
#include "common/text.h"

enum { WALL, WALL_RANGE, PROCESSOR, PROCESSOR_RANGE, RATIO, RATIO_RANGE, EXIT, COLUMNS };

struct row {
    char cells[COLUMNS][64];
    bool is_best;
};

static const char *const likeness_texts[] = {[SAME] = "same",
                                             [OTHER_ORDER] = "other order",
                                             [OTHER_NUMBERS] = "other numbers",
                                             [OTHER_TEXT] = "other text"};

static void cell_set(struct row *row, int column, const char *text)
{
    (void)snprintf(row->cells[column], sizeof row->cells[column], "%s", text);
}

/* Median and interval; of fewer than six values the least and the greatest. */
static void fill_spread(struct row *row, int column, const struct values *values)
{
    enum { DECIMALS = 3 };
    cell_set(row, column, "-");
    if (values->count == 0) {
        return;
    }
    struct spread spread = spread_of(values->items, values->count);
    bool few = isnan(spread.low);
    (void)snprintf(row->cells[column], sizeof row->cells[column], "%.*f", DECIMALS,
                   spread.median);
    if (values->count > 1) {
        (void)snprintf(row->cells[column + 1], sizeof row->cells[column + 1],
                       few ? "(%.*f–%.*f)" : "%.*f–%.*f", DECIMALS,
                       few ? spread.min : spread.low, DECIMALS,
                       few ? spread.max : spread.high);
    }
}

/* How much longer than the first it took. */
static void fill_ratio(struct row *row, const struct values *first,
                       const struct values *values)
{
    const struct difference difference = difference_of(first, values);
    cell_set(row, RATIO, "-");
    if (!isnan(difference.ratio)) {
        (void)snprintf(row->cells[RATIO], sizeof row->cells[RATIO], "%.3f",
                       difference.ratio);
    }
    if (!isnan(difference.low)) {
        (void)snprintf(row->cells[RATIO_RANGE], sizeof row->cells[RATIO_RANGE],
                       "%.3f–%.3f", difference.low, difference.high);
    }
}

/* "0", "3", "Aborted, 2 of 8" */
static void fill_exit(struct row *row, const struct outcome *outcome)
{
    char *cell = row->cells[EXIT];
    const size_t size = sizeof row->cells[EXIT];
    if (outcome->failed == 0) {
        cell_set(row, EXIT, outcome->runs > 0 ? "0" : "-");
        return;
    }
    cell[0] = '\0';
    if (WIFSIGNALED(outcome->failure)) {
        text_append(cell, size, "%s", strsignal(WTERMSIG(outcome->failure)));
    } else {
        text_append(cell, size, "%d", WEXITSTATUS(outcome->failure));
    }
    if (outcome->runs > 1) {
        text_append(cell, size, ", %u of %u", outcome->failed, outcome->runs);
    }
}

/* The first column is to the left, and as wide as the names need. */
static void print_row(const char *name, unsigned name_width, const struct row *row,
                      const unsigned *widths, const char *output)
{
    text_left(stdout, name_width, name);
    for (int column = 0; column < COLUMNS; column++) {
        if (widths[column] > 0) {
            text_right(stdout, widths[column] + 2, row->cells[column]);
        }
        if (column == WALL_RANGE) {
            (void)fputs(row->is_best ? " *" : "  ", stdout);
        }
    }
    (void)printf("  %s\n", output);
}

/* A column in which no row has anything is left out. */
static void set_widths(const struct row *heading, const struct row *rows, size_t count,
                       unsigned *widths)
{
    for (int column = 0; column < COLUMNS; column++) {
        widths[column] = 0;
        for (size_t i = 0; i < count; i++) {
            unsigned width = text_width(rows[i].cells[column]);
            widths[column] = width > widths[column] ? width : widths[column];
        }
        unsigned width = text_width(heading->cells[column]);
        widths[column] =
            widths[column] > 0 && width > widths[column] ? width : widths[column];
    }
}

static void mark_best(struct row *rows, const struct outcome *outcomes, size_t count)
{
    struct values *sets = zeroed(count, sizeof *sets);
    bool *is_best = zeroed(count, sizeof *is_best);
    for (size_t i = 0; i < count; i++) {
        sets[i] = outcomes[i].wall;
    }
    const struct best_sets best = find_best_sets(sets, count, false, is_best);
    for (size_t i = 0; i < count; i++) {
        rows[i].is_best = is_best[i] && best.compared > 1 && !best.too_few;
    }
    if (best.compared > 1 && best.too_few) {
        (void)printf("too few runs to tell which is the best: --repeat %zu would do\n",
                     best.needed);
    }
    free(sets);
    free(is_best);
}

static void print_notes(const struct options *options)
{
    if (options->repeat == 1) {
        (void)puts("one run each: no interval, and no saying what is chance");
        return;
    }
    text_wrapped(stdout, 90,
                 "%u runs each, in turn; medians, and intervals that hold the median in "
                 "95 of 100 cases (in parentheses, of fewer than six, the least and the "
                 "greatest); * the shortest wall time, and those that cannot be told "
                 "from it (rank-sum test at 5 %%, corrected for all pairs)",
                 options->repeat);
}

void print_outcomes(const struct options *options, const struct outcome *outcomes)
{
    const size_t count = options->each_count;
    struct row *rows = zeroed(count, sizeof *rows);
    struct row heading = {.cells = {[WALL] = "wall s",
                                    [WALL_RANGE] = "interval",
                                    [PROCESSOR] = "processor s",
                                    [PROCESSOR_RANGE] = "interval",
                                    [RATIO_RANGE] = "interval",
                                    [EXIT] = "exit"}};
    text_append(heading.cells[RATIO], sizeof heading.cells[RATIO], "wall/%s",
                options->each[0].text);
    unsigned name_width = 0;
    print_notes(options);
    if (options->repeat > 1) {
        mark_best(rows, outcomes, count);
    }
    for (size_t i = 0; i < count; i++) {
        fill_spread(&rows[i], WALL, &outcomes[i].wall);
        fill_spread(&rows[i], PROCESSOR, &outcomes[i].processor);
        if (i > 0) {
            fill_ratio(&rows[i], &outcomes[0].wall, &outcomes[i].wall);
        }
        fill_exit(&rows[i], &outcomes[i]);
        unsigned width = text_width(options->each[i].text);
        name_width = width > name_width ? width : name_width;
    }
    unsigned widths[COLUMNS];
    set_widths(&heading, rows, count, widths);
    print_row("", name_width, &heading, widths, "output");
    for (size_t i = 0; i < count; i++) {
        print_row(options->each[i].text, name_width, &rows[i], widths,
                  outcomes[i].runs > (i == 0) ? likeness_texts[outcomes[i].likeness]
                                              : "-");
    }
    free(rows);
}

/* SPDX-License-Identifier: MIT */
/*
 * Two files are made into rows, a row a competitor at a setting, with figures; of each
 * figure the values that launches of the one and of the other file have, the median of a
 * launch's runs for each, are compared by common/difference.c.
 */
#include "bench/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/fields.h"
#include "bench/in_turn.h"
#include "bench/results.h"
#include "bench/runs.h"
#include "bench/table.h"
#include "common/difference.h"
#include "common/json.h"
#include "common/memory.h"
#include "common/statistics.h"
#include "common/text.h"
#include "common/tool.h"

enum { A, B, SIDES_COMPARED };

static const char *const letters[] = {"A", "B"};

/* What is compared of each kind; the kind's last one has no name. */
struct figure {
    const char *kind;
    const char *name; /* in results */
    const char *label;
    bool more_is_better;
};

static const struct figure figures[] = {
    {"latency", "latency_ns", "ns", false},
    {"rwlock_latency", "read_latency_ns", "read ns", false},
    {"rwlock_latency", "write_latency_ns", "write ns", false},
    {"lock", "acquisitions_millions_per_second", "million/s", true},
    {"lock", "wait_p99_ns", "p99 wait ns", false},
    {"rwlock", "acquisitions_millions_per_second", "million/s", true},
    {"rwlock", "read_wait_p99_ns", "read p99 ns", false},
    {"rwlock", "write_wait_p99_ns", "write p99 ns", false},
    {"barrier", "episode_ns", "episode ns", false}};
enum { FIGURES = sizeof figures / sizeof *figures };

/* A figure of a row. */
struct compared {
    const char *row;
    const json_t *record; /* one of the row */
    const struct figure *figure;
    struct spread medians[SIDES_COMPARED];
};

struct all {
    const struct options *options;
    struct results sides[SIDES_COMPARED];
    struct compared *items;
    struct comparison *comparisons; /* of each */
    size_t count;
    size_t tests;
    size_t disturbed[SIDES_COMPARED]; /* records that were left out, since they were */
    size_t moved[SIDES_COMPARED];     /* and since the processors were further apart */
    char unknown[2048];               /* rows of kinds that have no figure here */
    char only[SIDES_COMPARED][2048];  /* rows that are in one file */
    char broken[SIDES_COMPARED][2048];
    bool breaks; /* something is broken in B, and was not in A */
};

/* "mcs with 2 threads, 10 % writes" */
static void row_text(char *text, size_t size, const json_t *record)
{
    double writes = number_in(record, "writes_percent");
    int threads = (int)json_integer_value(json_object_get(record, "threads"));
    text[0] = '\0';
    text_append(text, size, "%s", text_or_empty(record, "name"));
    if (strstr(text_or_empty(record, "kind"), "latency") != NULL) {
        text_append(text, size, ", free");
        return;
    }
    text_append(text, size, " with %d thread%s", threads, threads == 1 ? "" : "s");
    if (!isnan(writes)) {
        text_append(text, size, ", %g %% writes", writes);
    }
}

/* --- may they be compared? ---------------------------------------------------------- */

static void refuse_shared(const struct results *a, const struct results *b)
{
    for (size_t i = 0; i < a->count; i++) {
        for (size_t k = 0; k < b->count; k++) {
            if (strcmp(a->items[i].launch, b->items[k].launch) == 0) {
                refuse("%s and %s have the same launch, and so are not two measurements",
                       a->path, b->path);
            }
        }
    }
}

/* The first condition in which the two differ, with both values; whether there is one.
   One that only one of them has is of another version, which has an option more. */
static bool differs(const json_t *one, const json_t *other, char *text, size_t size)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)one, name, value)
    {
        const json_t *second = json_object_get(other, name);
        if (second != NULL && !json_equal(value, second)) {
            char *left = json_dumps(value, JSON_ENCODE_ANY);
            char *right = json_dumps(second, JSON_ENCODE_ANY);
            (void)snprintf(text, size, "%s: %s and %s", name, left, right);
            free(left);
            free(right);
            return true;
        }
    }
    return false;
}

/* Records whose conditions are not those of the first one are refused, or with --anyway
   said. */
static void check_conditions(const struct options *options, const struct results *sides,
                             char *note, size_t size)
{
    json_t *first = conditions_of(sides[A].items[0].record);
    note[0] = '\0';
    for (int side = A; side <= B && note[0] == '\0'; side++) {
        for (size_t i = 0; i < sides[side].count && note[0] == '\0'; i++) {
            json_t *conditions = conditions_of(sides[side].items[i].record);
            char text[512];
            if (differs(first, conditions, text, sizeof text)) {
                (void)snprintf(note, size, "%s, line %zu, and %s, line %zu, differ in %s",
                               sides[A].path, sides[A].items[0].line, sides[side].path,
                               sides[side].items[i].line, text);
            }
            json_decref(conditions);
        }
    }
    json_decref(first);
    if (note[0] != '\0' && !options->anyway) {
        refuse("%s; --anyway compares them all the same", note);
    }
}

/* --- rows --------------------------------------------------------------------------- */

/* The least that a cache line took in any record of the row. */
static double nearest_of(const struct all *all, const char *row)
{
    double nearest = NAN;
    for (int side = A; side <= B; side++) {
        for (size_t i = 0; i < all->sides[side].count; i++) {
            const struct result *one = &all->sides[side].items[i];
            if (strcmp(one->row, row) == 0) {
                nearest = fmin(nearest, number_in(one->record, "transfer_ns"));
            }
        }
    }
    return nearest;
}

static bool is_near(const struct result *one, double nearest)
{
    double transfer = number_in(one->record, "transfer_ns");
    return isnan(transfer) || isnan(nearest) || is_same_distance(transfer, nearest);
}

/* Whether the launch has a record of the row, before this one, that counts already. */
static bool is_there(const struct results *results, size_t which, double nearest)
{
    for (size_t i = 0; i < which; i++) {
        if (strcmp(results->items[i].row, results->items[which].row) == 0 &&
            strcmp(results->items[i].launch, results->items[which].launch) == 0 &&
            is_near(&results->items[i], nearest)) {
            return true;
        }
    }
    return false;
}

static double *add_value(struct values *values)
{
    grow_for_one(values);
    return &values->items[values->count++];
}

/* The figure in each launch of one side that counts. */
static struct values values_of(const struct all *all, int side, const char *row,
                               const struct figure *figure)
{
    const struct results *results = &all->sides[side];
    double nearest = nearest_of(all, row);
    struct values values = {NULL, 0, 0};
    for (size_t i = 0; i < results->count; i++) {
        const struct result *one = &results->items[i];
        if (strcmp(one->row, row) != 0 || !is_near(one, nearest) ||
            is_there(results, i, nearest) ||
            (truth_in(one->record, "disturbed") && !all->options->anyway)) {
            continue;
        }
        double value = number_in(field(one->record, figure->name), "median");
        if (!isnan(value)) {
            *add_value(&values) = value;
        }
    }
    return values;
}

static const struct result *find_row(const struct results *results, const char *row)
{
    for (size_t i = 0; i < results->count; i++) {
        if (strcmp(results->items[i].row, row) == 0) {
            return &results->items[i];
        }
    }
    return NULL;
}

static bool is_broken_in(const struct results *results, const char *row)
{
    for (size_t i = 0; i < results->count; i++) {
        if (strcmp(results->items[i].row, row) == 0 &&
            truth_in(results->items[i].record, "broken")) {
            return true;
        }
    }
    return false;
}

static void list(char *text, size_t size, const json_t *record)
{
    char row[256];
    row_text(row, sizeof row, record);
    text_append(text, size, "%s%s", text[0] != '\0' ? "; " : "", row);
}

/* Whether any record of the row has it: where none reads, no reader waits. */
static bool has_figure(const struct results *results, const char *row,
                       const struct figure *figure)
{
    for (size_t i = 0; i < results->count; i++) {
        const json_t *spread = field(results->items[i].record, figure->name);
        if (strcmp(results->items[i].row, row) == 0 &&
            !isnan(number_in(spread, "median"))) {
            return true;
        }
    }
    return false;
}

static void add_figures(struct all *all, const struct result *one)
{
    for (size_t i = 0; i < FIGURES; i++) {
        const struct figure *figure = &figures[i];
        if (strcmp(figure->kind, text_or_empty(one->record, "kind")) != 0 ||
            (!has_figure(&all->sides[A], one->row, figure) &&
             !has_figure(&all->sides[B], one->row, figure))) {
            continue;
        }
        struct comparison comparison = {.first = values_of(all, A, one->row, figure),
                                        .second = values_of(all, B, one->row, figure)};
        all->items = grow(all->items, (all->count + 1) * sizeof *all->items);
        all->comparisons =
            grow(all->comparisons, (all->count + 1) * sizeof *all->comparisons);
        all->items[all->count] =
            (struct compared){.row = one->row, .record = one->record, .figure = figure};
        all->comparisons[all->count++] = comparison;
    }
}

/* "latency" and "lock" are of locks, and so on. */
static enum family family_of(const char *kind)
{
    return starts(kind, "rwlock")         ? RWLOCKS
           : strcmp(kind, "barrier") == 0 ? BARRIERS
                                          : LOCKS;
}

/* Whether the options want the row: all, or those with these names and threads. */
static bool is_wanted(const struct options *options, const json_t *record)
{
    const struct texts *names = options->names;
    const double threads = number_in(record, "threads");
    bool any_named = false;
    bool is_counted = options->threads.count == 0;
    for (int family = 0; family < FAMILIES; family++) {
        any_named = any_named || names[family].count > 0;
    }
    for (size_t i = 0; i < options->threads.count; i++) {
        is_counted = is_counted || options->threads.items[i] == threads;
    }
    return is_counted &&
           (!any_named ||
            text_is_among(text_or_empty(record, "name"),
                          texts_of(&names[family_of(text_or_empty(record, "kind"))])));
}

/* A name that is in neither file is a mistake. */
static void check_names(const struct all *all)
{
    for (int family = 0; family < FAMILIES; family++) {
        const struct texts *names = &all->options->names[family];
        for (size_t i = 0; i < names->count; i++) {
            bool found = false;
            for (size_t k = 0; k < all->sides[A].count + all->sides[B].count; k++) {
                const size_t in_a = all->sides[A].count;
                const json_t *record = k < in_a ? all->sides[A].items[k].record
                                                : all->sides[B].items[k - in_a].record;
                found = found ||
                        (strcmp(text_or_empty(record, "name"), names->items[i]) == 0 &&
                         family_of(text_or_empty(record, "kind")) == (enum family)family);
            }
            if (!found) {
                refuse("%s: '%s' is in neither file", family_options[family],
                       names->items[i]);
            }
        }
    }
}

static void add_row(struct all *all, const struct result *one)
{
    if (!is_wanted(all->options, one->record)) {
        return;
    }
    bool broken[SIDES_COMPARED];
    if (strcmp(text_or_empty(one->record, "name"), "null") == 0) {
        return; /* no lock at all */
    }
    for (int side = A; side <= B; side++) {
        broken[side] = is_broken_in(&all->sides[side], one->row);
        if (find_row(&all->sides[side], one->row) == NULL) {
            list(all->only[1 - side], sizeof all->only[0], one->record);
            return;
        }
    }
    for (int side = A; side <= B; side++) {
        if (broken[side]) {
            list(all->broken[side], sizeof all->broken[0], one->record);
        }
    }
    bool has_figures = false;
    for (size_t i = 0; i < FIGURES; i++) {
        has_figures = has_figures ||
                      strcmp(figures[i].kind, text_or_empty(one->record, "kind")) == 0;
    }
    if (!has_figures) {
        list(all->unknown, sizeof all->unknown, one->record);
    }
    all->breaks = all->breaks || (broken[B] && !broken[A]);
    if (!broken[A] && !broken[B]) {
        add_figures(all, one);
    }
}

static void add_rows(struct all *all)
{
    for (int side = A; side <= B; side++) {
        const struct results *results = &all->sides[side];
        for (size_t i = 0; i < results->count; i++) {
            const struct result *one = &results->items[i];
            double nearest = nearest_of(all, one->row);
            all->disturbed[side] +=
                truth_in(one->record, "disturbed") && !all->options->anyway;
            all->moved[side] += !is_near(one, nearest);
            if (find_row(results, one->row) == one &&
                (side == A || find_row(&all->sides[A], one->row) == NULL)) {
                add_row(all, one);
            }
        }
    }
}

static struct spread spread_of_values(const struct values *values)
{
    struct spread spread = {NAN, NAN, NAN, NAN, NAN};
    double *copy = zeroed(values->count, sizeof *copy);
    for (size_t i = 0; i < values->count; i++) {
        copy[i] = values->items[i];
    }
    if (values->count > 0) {
        spread = spread_of(copy, values->count);
    }
    free(copy);
    return spread;
}

/* --- what comes of it --------------------------------------------------------------- */

static const char *verdict_of(const struct compared *one,
                              const struct comparison *comparison)
{
    enum finding good = one->figure->more_is_better ? GREATER : LESS;
    switch (comparison->finding) {
    case TOO_FEW:
        return "too few launches";
    case NO_DIFFERENCE:
        return "no difference";
    default:
        return comparison->finding == good ? "better" : "worse";
    }
}

static size_t count_verdicts(const struct all *all, const char *verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        count += strcmp(verdict_of(&all->items[i], &all->comparisons[i]), verdict) == 0;
    }
    return count;
}

static int status_of(const struct all *all)
{
    if (count_verdicts(all, "worse") > 0 || all->breaks) {
        return STATUS_WRONG;
    }
    return count_verdicts(all, "too few launches") > 0 ? STATUS_NO_VERDICT : STATUS_GOOD;
}

/* --- for people --------------------------------------------------------------------- */

/* Widths of columns. */
enum { NAME = 22, MEDIAN = 9, HALF = 8, CHANGE = 10, INTERVAL = 19, P = 8 };

static void print_build(FILE *file, const struct results *results, int side)
{
    const json_t *record = results->items[0].record;
    text_wrapped(file, WIDTH, "%s: %s: %zu launch%s of lockbench %s, %s, from %s",
                 letters[side], results->path, results->launches,
                 results->launches == 1 ? "" : "es", text_or_empty(record, "version"),
                 text_or_empty(record, "library_build.compiler"),
                 text_or_empty(record, "date"));
}

/* A median, and half of its interval in percent of it. */
static void print_median(FILE *file, const struct spread *spread)
{
    char text[32] = "";
    print_number(file, MEDIAN, spread->median);
    double half = 50 * (spread->high - spread->low) / spread->median;
    if (half >= 1000) {
        (void)snprintf(text, sizeof text, ">999 %%");
    } else if (isfinite(half)) {
        (void)snprintf(text, sizeof text, "±%.*f %%", half < 9.95 ? 1 : 0, half);
    }
    text_right(file, HALF, text);
}

static const char *percent(char *text, size_t size, double ratio)
{
    double change = 100 * (ratio - 1);
    if (isnan(ratio)) {
        (void)snprintf(text, size, "-");
    } else {
        (void)snprintf(text, size, "%+.*f %%", fabs(change) < 99.95 ? 1 : 0, change);
    }
    return text;
}

/* "Locks, 2 threads: million/s": what rows of one table have in common. */
static void heading_of(char *text, size_t size, const struct compared *one)
{
    static const char *const titles[][2] = {
        {"latency", "Free locks"},
        {"rwlock_latency", "Free reader-writer locks"},
        {"lock", "Locks"},
        {"rwlock", "Reader-writer locks"},
        {"barrier", "Barriers"}};
    char row[256];
    text[0] = '\0';
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        if (strcmp(titles[i][0], one->figure->kind) == 0) {
            text_append(text, size, "%s", titles[i][1]);
        }
    }
    row_text(row, sizeof row, one->record);
    const char *with = strstr(row, " with ");
    text_append(text, size, "%s%s: %s", with != NULL ? ", " : "",
                with != NULL ? with + strlen(" with ") : "", one->figure->label);
}

static void print_compared(FILE *file, const struct compared *one,
                           const struct comparison *comparison)
{
    const struct difference *difference = &comparison->difference;
    const char *verdict = verdict_of(one, comparison);
    char low[32];
    char high[32];
    char text[128];
    text_left(file, NAME, text_or_empty(one->record, "name"));
    print_median(file, &one->medians[A]);
    print_median(file, &one->medians[B]);
    text_right(file, CHANGE, percent(text, sizeof text, difference->ratio));
    (void)snprintf(text, sizeof text, "%s … %s",
                   percent(low, sizeof low, difference->low),
                   percent(high, sizeof high, difference->high));
    text_right(file, INTERVAL, isnan(difference->low) ? "-" : text);
    (void)snprintf(text, sizeof text, isnan(comparison->corrected) ? "-" : "%.2g",
                   comparison->corrected);
    text_right(file, P, text);
    (void)fprintf(file, "%s\n",
                  comparison->finding == TOO_FEW         ? "  ?"
                  : comparison->finding == NO_DIFFERENCE ? ""
                  : strcmp(verdict, "worse") == 0        ? "  worse"
                                                         : "  better");
}

/* The table that begins with this figure, if it is the first of its like. */
static void print_table_from(FILE *file, const struct all *all, size_t first)
{
    char heading[512];
    char other[512];
    heading_of(heading, sizeof heading, &all->items[first]);
    for (size_t i = 0; i < all->count; i++) {
        heading_of(other, sizeof other, &all->items[i]);
        if (strcmp(heading, other) != 0) {
            continue;
        }
        if (i < first) {
            return;
        }
        if (i == first) {
            (void)fprintf(file, "\n%s\n", heading);
            text_right(file, NAME + MEDIAN, "A");
            text_right(file, HALF + MEDIAN, "B");
            text_right(file, HALF + CHANGE, "change");
            text_right(file, INTERVAL, "95 % interval");
            text_right(file, P, "p");
            (void)fputc('\n', file);
        }
        print_compared(file, &all->items[i], &all->comparisons[i]);
    }
}

/* The geometric mean of the changes of each figure that several rows have. */
static void print_means(FILE *file, const struct all *all)
{
    bool begun = false;
    for (size_t i = 0; i < FIGURES; i++) {
        double sum = 0;
        size_t count = 0;
        char change[32];
        for (size_t k = 0; k < all->count; k++) {
            if (all->items[k].figure == &figures[i] &&
                !isnan(all->comparisons[k].difference.ratio)) {
                sum += log(all->comparisons[k].difference.ratio);
                count++;
            }
        }
        if (count > 1) {
            (void)fputs(begun ? "" : "\nGeometric mean of the changes\n", file);
            begun = true;
            (void)fprintf(
                file, "  %s, %s: %s, of %zu\n", figures[i].kind, figures[i].label,
                percent(change, sizeof change, exp(sum / (double)count)), count);
        }
    }
}

static double middle_of(double *values, size_t count, double *greatest)
{
    qsort(values, count, sizeof *values, ascending);
    *greatest = values[count - 1];
    return values[(count - 1) / 2];
}

/* "3.2 %", or "1.5 times" */
static const char *change_text(char *text, size_t size, double change)
{
    double ratio = exp(change);
    (void)(ratio < 2 ? snprintf(text, size, "of %.2g %%", 100 * (ratio - 1))
                     : snprintf(text, size, "to %.2g times as much", ratio));
    return text;
}

static const char *count_text(char *text, size_t size, double count)
{
    (void)snprintf(text, size, count > 1000 ? "more than 1000" : "about %.0f", count);
    return text;
}

/* What would have been found, so that "no difference" is not read for more than it is. */
static void print_power(FILE *file, const struct all *all)
{
    const double margin = log1p(all->options->threshold / 100);
    double *changes = zeroed(all->count, sizeof *changes);
    double *launches = zeroed(all->count, sizeof *launches);
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct comparison *one = &all->comparisons[i];
        double spread = spread_within(&one->first, &one->second);
        if (one->finding != TOO_FEW && !isnan(spread)) {
            launches[count] = (double)values_needed(log(1.05), spread, all->tests);
            changes[count++] = margin + change_found(one->first.count, one->second.count,
                                                     spread, all->tests);
        }
    }
    if (count > 0) {
        double greatest[2];
        double middle[] = {middle_of(changes, count, &greatest[0]),
                           middle_of(launches, count, &greatest[1])};
        char text[4][64];
        text_wrapped(
            file, WIDTH,
            "What would have been found in 95 of 100 cases: a change %s in half "
            "of the figures, %s in the one that spreads most. To find 5 %%%s takes "
            "%s launches of each in half of the figures, %s in that one.",
            change_text(text[0], sizeof text[0], middle[0]),
            change_text(text[1], sizeof text[1], greatest[0]),
            margin > 0 ? " more than the threshold" : "",
            count_text(text[2], sizeof text[2], middle[1]),
            count_text(text[3], sizeof text[3], greatest[1]));
    }
    free(changes);
    free(launches);
}

/* The fewest launches of each that can show anything in so many figures. */
static size_t fewest_launches(size_t tests)
{
    size_t count = 2;
    while (least_p(count, count) > SIGNIFICANT / (double)tests) {
        count++;
    }
    return count;
}

static void print_summary(FILE *file, const struct all *all)
{
    size_t worse = count_verdicts(all, "worse");
    size_t better = count_verdicts(all, "better");
    size_t none = count_verdicts(all, "no difference");
    size_t few = count_verdicts(all, "too few launches");
    (void)fputc('\n', file);
    if (worse > 0) {
        (void)fprintf(file, "WORSE in B: %zu of %zu figures.\n", worse, all->count);
    }
    if (better > 0) {
        (void)fprintf(file, "Better in B: %zu of %zu figures.\n", better, all->count);
    }
    if (none > 0) {
        (void)fprintf(file, "No difference was found in %zu of %zu figures.\n", none,
                      all->count);
        print_power(file, all);
    }
    if (few > 0) {
        text_wrapped(
            file, WIDTH,
            "TOO FEW LAUNCHES to say anything of %zu of %zu figures (marked with "
            "a ?): however much they differed, it could be chance. It takes at "
            "least %zu launches of each that count, and more for small changes.",
            few, all->count, fewest_launches(all->count));
    }
}

static void print_left_out(FILE *file, const struct all *all)
{
    if (all->unknown[0] != '\0') {
        text_wrapped(file, WIDTH, "Not compared, of a kind that is not known: %s.",
                     all->unknown);
    }
    for (int side = A; side <= B; side++) {
        if (all->broken[side][0] != '\0') {
            text_wrapped(file, WIDTH, "BROKEN in %s: %s.", letters[side],
                         all->broken[side]);
        }
        if (all->only[side][0] != '\0') {
            text_wrapped(file, WIDTH, "Only in %s: %s.", letters[side], all->only[side]);
        }
        if (all->disturbed[side] > 0) {
            text_wrapped(file, WIDTH,
                         "Left out of %s, since others had a part of the processors: %zu "
                         "of %zu records. With --anyway they count.",
                         letters[side], all->disturbed[side], all->sides[side].count);
        }
        if (all->moved[side] > 0) {
            text_wrapped(file, WIDTH,
                         "Left out of %s, since a cache line took more than three times "
                         "as long as in others: %zu of %zu records.",
                         letters[side], all->moved[side], all->sides[side].count);
        }
        for (size_t i = 0; i < all->sides[side].count; i++) {
            if (!truth_in(all->sides[side].items[i].record, "complete")) {
                (void)fprintf(file, "Not complete: %s; the measuring was cut short.\n",
                              letters[side]);
                break;
            }
        }
    }
}

/* The first date of a file, or its last one. */
static const char *date_of(const struct results *results, bool last)
{
    const char *found = text_or_empty(results->items[0].record, "date");
    for (size_t i = 1; i < results->count; i++) {
        const char *date = text_or_empty(results->items[i].record, "date");
        found = (strcmp(date, found) > 0) == last ? date : found;
    }
    return found;
}

/* Whether one was measured when the other one was over. */
static bool are_apart(const struct results *one, const struct results *other)
{
    return strcmp(date_of(one, true), date_of(other, false)) < 0 ||
           strcmp(date_of(other, true), date_of(one, false)) < 0;
}

/* What may explain a difference, though it forbids no comparison. */
static void print_circumstances(FILE *file, const struct all *all)
{
    if (count_verdicts(all, "worse") + count_verdicts(all, "better") > 0 &&
        are_apart(&all->sides[A], &all->sides[B])) {
        text_wrapped(file, WIDTH,
                     "One was measured after the other: if the machine has changed "
                     "meanwhile, that is part of the difference. Launches of both in "
                     "turn have no such part: lockbench(1), EXAMPLES.");
    }
    const json_t *a = all->sides[A].items[0].record;
    const json_t *b = all->sides[B].items[0].record;
    const char *kernels[] = {text_or_empty(a, "machine.kernel"),
                             text_or_empty(b, "machine.kernel")};
    double ghz[] = {number_in(a, "cycles_per_ns"), number_in(b, "cycles_per_ns")};
    if (strcmp(text_or_empty(a, "host"), text_or_empty(b, "host")) != 0) {
        text_wrapped(file, WIDTH, "Another host, of the same kind: %s and %s.",
                     text_or_empty(a, "host"), text_or_empty(b, "host"));
    }
    if (strcmp(kernels[A], kernels[B]) != 0) {
        text_wrapped(file, WIDTH, "Another kernel: %s and %s.", kernels[A], kernels[B]);
    }
    if (fabs(ghz[A] - ghz[B]) > 0.03 * ghz[A]) {
        (void)fprintf(file, "Another frequency: %.2f and %.2f GHz.\n", ghz[A], ghz[B]);
    }
}

static void print_for_people(FILE *file, const struct all *all, const char *note)
{
    print_build(file, &all->sides[A], A);
    print_build(file, &all->sides[B], B);
    char beyond[64] = "";
    if (all->options->threshold > 0) {
        (void)snprintf(beyond, sizeof beyond, " of more than %g %%",
                       all->options->threshold);
    }
    text_wrapped(file, WIDTH,
                 "medians of the launches, with half of their 95 %% interval; the change "
                 "of B against A, with its own; p: how often chance alone does as much, "
                 "by the rank-sum test, corrected for %zu figure%s (Holm); a difference"
                 "%s is what has less than %g",
                 all->tests, all->tests == 1 ? "" : "s", beyond, SIGNIFICANT);
    if (note[0] != '\0') {
        text_wrapped(file, WIDTH, "NOT THE SAME CONDITIONS: %s", note);
    }
    for (size_t i = 0; i < all->count; i++) {
        print_table_from(file, all, i);
    }
    print_means(file, all);
    print_summary(file, all);
    print_left_out(file, all);
    print_circumstances(file, all);
}

/* --- for programs ------------------------------------------------------------------- */

static void set_side(json_t *record, const struct all *all, size_t which, int side)
{
    const struct comparison *comparison = &all->comparisons[which];
    const struct spread *spread = &all->items[which].medians[side];
    json_t *object = json_object();
    set(object, "file", json_text(all->sides[side].path));
    set(object, "launches",
        json_count(side == A ? comparison->first.count : comparison->second.count));
    set(object, "median", json_known(spread->median));
    set(object, "low", json_known(spread->low));
    set(object, "high", json_known(spread->high));
    set(record, side == A ? "a" : "b", object);
}

static void write_record(FILE *file, const struct all *all, size_t which)
{
    const struct compared *one = &all->items[which];
    const struct comparison *comparison = &all->comparisons[which];
    const struct difference *difference = &comparison->difference;
    double spread = spread_within(&comparison->first, &comparison->second);
    double found = log1p(all->options->threshold / 100) +
                   change_found(comparison->first.count, comparison->second.count, spread,
                                all->tests > 0 ? all->tests : 1);
    json_t *record = record_begin(&command_line, build_library_flags);
    static const char *const same[] = {"kind", "name", "library", "threads",
                                       "writes_percent"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        (void)json_object_set(record, same[i], json_object_get(one->record, same[i]));
    }
    set(record, "figure", json_text(one->figure->name));
    set(record, "more_is_better", json_boolean(one->figure->more_is_better));
    set_side(record, all, which, A);
    set_side(record, all, which, B);
    set(record, "ratio", json_known(difference->ratio));
    set(record, "ratio_low", json_known(difference->low));
    set(record, "ratio_high", json_known(difference->high));
    set(record, "greater_share", json_known(difference->greater));
    set(record, "p", json_known(difference->p));
    set(record, "p_corrected", json_known(comparison->corrected));
    set(record, "tests", json_count(all->tests));
    set(record, "spread", json_known(spread));
    set(record, "found_ratio",
        json_known(comparison->finding == TOO_FEW ? NAN : exp(found)));
    set(record, "verdict", json_text(verdict_of(one, comparison)));
    record_write(file, (enum format)all->options->format, record);
}

/* --- all of it ---------------------------------------------------------------------- */

int compare_results(const struct options *options)
{
    static struct all all;
    char note[1024];
    all.options = options;
    if (options->in_turn && options->launches < fewest_launches(1)) {
        refuse(
            "compare: --launches %u: fewer than %zu of each can show no difference, and "
            "of several figures it takes more",
            options->launches, fewest_launches(1));
    }
    for (int side = A; side <= B; side++) {
        all.sides[side].path = options->compared[side];
        if (!options->in_turn) {
            results_add(&all.sides[side], options->compared[side]);
        }
    }
    output_check(options->output);
    if (options->in_turn) {
        launch_in_turn(all.sides, options->flags, options->launches);
    }
    results_end(&all.sides[A]);
    results_end(&all.sides[B]);
    refuse_shared(&all.sides[A], &all.sides[B]);
    check_conditions(options, all.sides, note, sizeof note);
    check_names(&all);
    add_rows(&all);
    if (all.count == 0 && all.broken[A][0] == '\0' && all.broken[B][0] == '\0') {
        refuse("%s and %s have nothing in common that could be compared",
               options->compared[A], options->compared[B]);
    }
    all.tests = compare_all(all.comparisons, all.count, options->threshold / 100);
    for (size_t i = 0; i < all.count; i++) {
        all.items[i].medians[A] = spread_of_values(&all.comparisons[i].first);
        all.items[i].medians[B] = spread_of_values(&all.comparisons[i].second);
    }
    FILE *output = output_open(options->output);
    for (size_t i = 0; i < all.count && options->format != TABLE; i++) {
        write_record(output, &all, i);
    }
    if (options->format == TABLE) {
        print_for_people(output, &all, note);
    } else {
        print_left_out(stderr, &all);
    }
    output_close(output, options->output);
    return status_of(&all);
}

/* SPDX-License-Identifier: MIT */
/* The first look: for each number of threads the competitors in order, and what follows
   from that. */
#include "bench/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/best.h"
#include "bench/groups.h"
#include "common/memory.h"
#include "common/text.h"

/* --- rows --------------------------------------------------------------------------- */

/* A competitor at one setting. */
struct row {
    const struct competitor *one;
    struct group group;
    struct spread figure; /* that counts: the more the better */
    size_t runs;
    bool disturbed;
    bool counts; /* among those that are compared */
    bool best;   /* or not to be told from it */
};

struct rows {
    struct row items[MAX_COMPETITORS];
    unsigned count;
    unsigned compared;
    char left_out[1024]; /* names of those whose runs were disturbed, and others' not */
    struct best best;
};

static int compare_rows(const void *left, const void *right)
{
    const struct row *one = left;
    const struct row *other = right;
    if (is_null(one->one) != is_null(other->one)) {
        return is_null(one->one) ? 1 : -1;
    }
    return (one->figure.median < other->figure.median) -
           (one->figure.median > other->figure.median);
}

/* Of what is a time the inverse is taken, so that more is better. */
static struct spread inverse(struct spread times)
{
    return (struct spread){.median = 1 / times.median,
                           .min = 1 / times.max,
                           .max = 1 / times.min,
                           .low = 1 / times.high,
                           .high = 1 / times.low};
}

static enum metric figure_of(enum kind kind)
{
    return kind == LATENCY ? LATENCY_NS : kind == BARRIER ? EPISODE_NS : ACQUISITIONS;
}

static bool is_time(enum kind kind)
{
    return figure_of(kind) != ACQUISITIONS;
}

/* Nothing can be compared: all runs of all but one were disturbed. */
static bool is_one_left(const struct rows *rows)
{
    return rows->compared < 2 && rows->left_out[0] != '\0';
}

/* Those that have runs with the setting at the distance, the best first. */
static struct rows rows_of(const struct report *report, const struct setting *setting,
                           enum distance distance)
{
    struct rows rows = {
        .best = find_best(report, setting, distance, figure_of(setting->kind), NULL)};
    const struct competitors *all =
        &report->options->competitors[kind_facts[setting->kind].family];
    for (unsigned i = 0; i < all->count; i++) {
        struct row row = {.one = &all->items[i],
                          .group = {.setting = *setting,
                                    .name = all->items[i].name,
                                    .distance = distance}};
        row.runs = spread_over(report, &row.group, metric_of, figure_of(setting->kind),
                               &row.figure);
        if (row.runs > 0) {
            row.figure = is_time(setting->kind) ? inverse(row.figure) : row.figure;
            row.disturbed = is_disturbed(report, &row.group);
            row.counts = rows.best.counts[i];
            row.best = rows.best.is[i];
            rows.compared += row.counts;
            if (!row.counts && row.disturbed && !row.one->broken && !is_null(row.one)) {
                text_append(rows.left_out, sizeof rows.left_out, "%s%s",
                            rows.left_out[0] != '\0' ? ", " : "", row.group.name);
            }
            rows.items[rows.count++] = row;
        }
    }
    /* One alone is not the best of anything. */
    for (unsigned i = 0; i < rows.count; i++) {
        rows.items[i].best = rows.items[i].best && !is_one_left(&rows);
    }
    qsort(rows.items, rows.count, sizeof rows.items[0], compare_rows);
    return rows;
}

static double median_of(const struct report *report, const struct group *group,
                        enum metric metric)
{
    struct spread spread;
    return spread_over(report, group, metric_of, (int)metric, &spread) > 0 ? spread.median
                                                                           : NAN;
}

/* Of the same competitor, free. */
static double median_alone(const struct report *report, const struct row *row,
                           enum metric metric)
{
    struct group alone = {
        .setting = {.kind = row->group.setting.kind == LOCK ? LATENCY : RWLOCK_LATENCY,
                    .threads = 1},
        .name = row->group.name,
        .distance = ANY};
    return median_of(report, &alone, metric);
}

/* --- cells -------------------------------------------------------------------------- */

const char *time_text(char *text, size_t size, double ns)
{
    static const struct {
        double ns;
        const char *name;
    } units[] = {{1, "ns"}, {1e3, "µs"}, {1e6, "ms"}, {1e9, "s"}};
    enum { UNITS = sizeof units / sizeof *units };
    unsigned unit = 0;
    while (unit + 1 < UNITS && ns >= 999.5 * units[unit].ns) {
        unit++;
    }
    (void)snprintf(text, size, isnan(ns) ? "-" : "%.3g %s", ns / units[unit].ns,
                   units[unit].name);
    return text;
}

static void print_time(FILE *file, unsigned width, double ns)
{
    char text[32];
    text_right(file, width, time_text(text, sizeof text, ns));
}

/* A bar of eighths of a column, `share` of the width. */
static void print_bar(FILE *file, unsigned width, double share)
{
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    char bar[256] = "";
    unsigned eighths = (unsigned)lround(fmin(1, fmax(0, share)) * 8 * width);
    for (unsigned i = 0; i < eighths / 8; i++) {
        text_append(bar, sizeof bar, "█");
    }
    text_append(bar, sizeof bar, "%s", parts[eighths % 8]);
    (void)fputs(" ", file);
    text_left(file, width, bar);
}

static void print_name(FILE *file, const struct row *row)
{
    char text[128];
    (void)snprintf(text, sizeof text, "%s%s%s", row->group.name,
                   row->disturbed ? " ~" : "",
                   row->one->broken    ? " BROKEN"
                   : is_null(row->one) ? " (no lock)"
                                       : "");
    text_left(file, 24, text);
}

/* --- a table ------------------------------------------------------------------------ */

enum { NUMBER = 8, TIME = 9, BAR = 17, SHORT_BAR = 12, RATIO = 6, HALF = 6, BYTES = 7 };

static void print_heading(FILE *file, const struct setting *setting,
                          enum distance distance, bool with_bytes)
{
    static const char *const titles[KINDS] = {
        [LOCK] = "Locks", [RWLOCK] = "Reader-writer locks", [BARRIER] = "Barriers"};
    static const struct {
        const char *before;
        int bar;
        const char *after;
    } columns[KINDS] = {
        [LOCK] = {"                       alone ns million/s", 20,
                  " p99 wait  longest cpu each    Jain"},
        [RWLOCK] = {"                        read    write                          "
                    "readers  writers  longest\n"
                    "                       alone ns alone ns million/s",
                    15, " p99 wait p99 wait     wait    Jain"},
        [BARRIER] = {"                       an episode", 20,
                     " p99 wait  longest   coming cpu each"}};
    char text[64];
    setting_text(text, sizeof text, setting);
    (void)fprintf(file, "\n%s, %s", titles[setting->kind], text);
    if (distance != ANY) {
        (void)fprintf(file, ", processors %s", distance_names[distance]);
    }
    (void)fprintf(file, "\n%s%*s%s\n", columns[setting->kind].before,
                  columns[setting->kind].bar, with_bytes ? "bytes" : "",
                  columns[setting->kind].after);
}

/* Half of the 95 % interval, in percent of the median; where a ratio stands there is no
   room for it. */
static void print_half(FILE *file, const struct report *report, const struct row *row)
{
    char text[32] = "";
    double half = 50 * (row->figure.high - row->figure.low) / row->figure.median;
    if (report->options->baseline == NULL) {
        if (half >= 1000) {
            (void)snprintf(text, sizeof text, ">999%%");
        } else if (isfinite(half)) {
            (void)snprintf(text, sizeof text, "±%.*f%%", half < 9.95 ? 1 : 0, half);
        }
        text_right(file, HALF, text);
    }
}

static void print_row(FILE *file, const struct report *report, const struct row *row,
                      double greatest)
{
    const struct group *group = &row->group;
    const enum kind kind = group->setting.kind;
    double share = is_null(row->one) ? 0 : row->figure.median / greatest;
    print_name(file, row);
    if (kind == LOCK) {
        print_number(file, NUMBER, median_alone(report, row, LATENCY_NS));
    } else if (kind == RWLOCK) {
        print_number(file, NUMBER, median_alone(report, row, READ_LATENCY_NS));
        print_number(file, NUMBER + 1, median_alone(report, row, WRITE_LATENCY_NS));
    }
    if (kind == BARRIER) {
        print_time(file, TIME, 1 / row->figure.median);
    } else {
        print_number(file, NUMBER + 1, row->figure.median);
    }
    print_half(file, report, row);
    (void)fputs(row->best ? " *" : "  ", file);
    if (report->options->baseline != NULL) {
        struct spread ratio = {.median = NAN};
        (void)ratio_over(report, group, &ratio);
        print_number(file, RATIO, ratio.median);
        (void)fputs(" ×", file);
    }
    int bar = (kind == RWLOCK ? SHORT_BAR : BAR) -
              (report->options->baseline != NULL ? RATIO + 2 : HALF) -
              (report->options->table > 1 ? BYTES : 0);
    print_bar(file, bar > 0 ? (unsigned)bar : 0, share);
    if (report->options->table > 1) {
        print_number(file, BYTES, median_of(report, group, BYTES_PER_LOCK));
    }
    if (kind == LOCK) {
        print_time(file, TIME, median_of(report, group, WAIT_P99_NS));
        print_time(file, TIME, median_of(report, group, WAIT_MAX_NS));
        print_time(file, TIME, median_of(report, group, PROCESSOR_EACH_NS));
    } else if (kind == RWLOCK) {
        print_time(file, TIME, median_of(report, group, READ_WAIT_P99_NS));
        print_time(file, TIME, median_of(report, group, WRITE_WAIT_P99_NS));
        print_time(file, TIME,
                   fmax(median_of(report, group, READ_WAIT_MAX_NS),
                        median_of(report, group, WRITE_WAIT_MAX_NS)));
    }
    if (kind == BARRIER) {
        print_time(file, TIME, median_of(report, group, WAIT_P99_NS));
        print_time(file, TIME, median_of(report, group, WAIT_MAX_NS));
        print_time(file, TIME, median_of(report, group, IMBALANCE_MEDIAN_NS));
        print_time(file, TIME, median_of(report, group, PROCESSOR_EACH_NS));
    } else {
        print_number(file, NUMBER, median_of(report, group, JAIN));
    }
    (void)fputc('\n', file);
}

static void print_setting(FILE *file, const struct report *report,
                          const struct setting *setting)
{
    for (int distance = 0; distance < DISTANCES; distance++) {
        const struct rows rows = rows_of(report, setting, (enum distance)distance);
        double greatest = 0;
        for (unsigned i = 0; i < rows.count; i++) {
            if (!is_null(rows.items[i].one)) {
                greatest = fmax(greatest, rows.items[i].figure.median);
            }
        }
        if (rows.count > 0) {
            print_heading(file, setting, (enum distance)distance,
                          report->options->table > 1);
        }
        for (unsigned i = 0; i < rows.count; i++) {
            print_row(file, report, &rows.items[i], greatest);
        }
        if (rows.best.too_few) {
            (void)fprintf(file, "  too few to tell any from the best: it takes %zu %s\n",
                          rows.best.needed, report->launches > 1 ? "launches" : "runs");
        }
    }
}

/* --- what it shows ------------------------------------------------------------------ */

/* The rows of locks that a sentence is about: free, or with so many threads. */
static struct rows find_rows(const struct report *report, enum kind kind,
                             unsigned threads)
{
    const struct setting setting = {.kind = kind, .threads = threads};
    struct rows rows = rows_of(report, &setting, ANY);
    return rows.count > 0 ? rows : rows_of(report, &setting, NEAR);
}

/* The first, and in `others` those that cannot be told from it. */
static const struct row *first_of(const struct rows *rows, char *others, size_t size)
{
    const struct row *best = NULL;
    others[0] = '\0';
    for (unsigned i = 0; i < rows->count; i++) {
        const struct row *row = &rows->items[i];
        if (row->best && best != NULL) {
            text_append(others, size, "%s%s", others[0] != '\0' ? ", " : "",
                        row->group.name);
        }
        best = row->best && best == NULL ? row : best;
    }
    return best;
}

static const char TOO_FEW_TO_TELL[] = ", in too few runs to tell it from the others";

/* What the sentence about these leaves out; if only one is left it is not said. */
static void say_left_out(FILE *file, const struct rows *rows, const char *title)
{
    if (is_one_left(rows)) {
        text_wrapped(
            file, WIDTH,
            "%s: nothing can be compared, others having disturbed all runs of %s.", title,
            rows->left_out);
    } else if (rows->left_out[0] != '\0') {
        text_wrapped(file, WIDTH,
                     "%s: not compared, others having disturbed all their runs: %s.",
                     title, rows->left_out);
    }
}

static void say_alone(FILE *file, const struct report *report)
{
    const struct rows rows = find_rows(report, LATENCY, 1);
    say_left_out(file, &rows, "Alone");
    char others[1024];
    const struct row *best = first_of(&rows, others, sizeof others);
    const struct row *worst = best;
    for (unsigned i = 0; i < rows.count; i++) {
        worst = rows.items[i].counts ? &rows.items[i] : worst;
    }
    if (best != NULL && worst != best) {
        text_wrapped(
            file, WIDTH,
            "Alone: a free lock is taken and given back in %.3g ns with %s%s%s%s; "
            "%s takes %.1f times that.",
            1 / best->figure.median, best->group.name,
            others[0] != '\0' ? ", or as well " : "", others,
            rows.best.too_few ? TOO_FEW_TO_TELL : "", worst->group.name,
            best->figure.median / worst->figure.median);
    }
}

/* Of those that are compared the one with the least of something. */
static const struct row *find_least(const struct report *report, const struct rows *rows,
                                    enum metric metric)
{
    const struct row *found = NULL;
    double least = INFINITY;
    for (unsigned i = 0; i < rows->count; i++) {
        double value = median_of(report, &rows->items[i].group, metric);
        if (rows->items[i].counts && value < least) {
            least = value;
            found = &rows->items[i];
        }
    }
    return found;
}

/* Those that are told from the best, and get through less than a tenth of that. */
static void list_slow(const struct rows *rows, const struct row *best, char *text,
                      size_t size)
{
    text[0] = '\0';
    for (unsigned i = 0; i < rows->count; i++) {
        const struct row *row = &rows->items[i];
        if (row->counts && !row->best && row->figure.median < best->figure.median / 10) {
            text_append(text, size, "%s%s", text[0] != '\0' ? ", " : "", row->group.name);
        }
    }
}

static void say_contended(FILE *file, const struct report *report, const char *title,
                          unsigned threads)
{
    const struct rows rows = find_rows(report, LOCK, threads);
    char others[1024];
    char slow[1024];
    char wait[32];
    char text[4096] = "";
    const struct row *best = first_of(&rows, others, sizeof others);
    (void)snprintf(text, sizeof text, "%s, %u threads", title, threads);
    say_left_out(file, &rows, text);
    if (best == NULL) {
        return;
    }
    const struct row *quick = find_least(report, &rows, WAIT_P99_NS);
    const struct row *uneven = find_least(report, &rows, JAIN);
    list_slow(&rows, best, slow, sizeof slow);
    text_append(text, sizeof text, "%s: most gets done with %s (%.3g million/s)",
                best->disturbed ? ", in disturbed runs, which say little" : "",
                best->group.name, best->figure.median);
    if (others[0] != '\0') {
        text_append(text, sizeof text, ", not to be told from %s", others);
    }
    text_append(text, sizeof text, "%s", rows.best.too_few ? TOO_FEW_TO_TELL : "");
    if (slow[0] != '\0' && !rows.best.too_few) {
        text_append(text, sizeof text, "; less than a tenth of that with %s", slow);
    }
    if (quick != NULL && uneven != NULL && quick != uneven) {
        double p99 = median_of(report, &quick->group, WAIT_P99_NS);
        text_append(text, sizeof text,
                    "; the shortest p99 wait has %s (%s), the least even service %s.",
                    quick->group.name, time_text(wait, sizeof wait, p99),
                    uneven->group.name);
    } else {
        text_append(text, sizeof text, ".");
    }
    text_wrapped(file, WIDTH, "%s", text);
}

static void print_sentences(FILE *file, const struct report *report)
{
    unsigned within = 0; /* the most threads that have a processor each */
    unsigned beyond = 0; /* the fewest that have not */
    for (unsigned i = 0; i < report->settings->count; i++) {
        const struct setting *setting = &report->settings->items[i];
        if (setting->kind == LOCK && setting->threads > 1) {
            if (setting->threads <= report->processors) {
                within = setting->threads > within ? setting->threads : within;
            } else if (beyond == 0 || setting->threads < beyond) {
                beyond = setting->threads;
            }
        }
    }
    (void)fputc('\n', file);
    say_alone(file, report);
    if (within > 0) {
        say_contended(file, report, "Under contention", within);
    }
    if (beyond > 0) {
        say_contended(file, report, "More threads than processors", beyond);
    }
}

void print_look(FILE *file, const struct report *report)
{
    if (report->options->baseline != NULL) {
        text_wrapped(file, WIDTH,
                     "×: how much gets done for each that %s does, median of the rounds "
                     "in which both have a run",
                     report->options->baseline);
    }
    text_wrapped(
        file, WIDTH,
        "* the best, and those that cannot be told from it (rank-sum test of the "
        "%s at 5 %%, corrected for all pairs); ±: half of the median's 95 %% "
        "interval; longer bars are better; waits are from asking to being "
        "inside; cpu: the threads' processor time, of all together, by "
        "acquisition; Jain's index: 1 all threads got as much, 1/n one got all; "
        "more with --full, or --format",
        report->launches > 1 ? "launches" : "runs");
    for (unsigned i = 0; i < report->settings->count; i++) {
        if (!kind_facts[report->settings->items[i].kind].alone) {
            print_setting(file, report, &report->settings->items[i]);
        }
    }
    print_sentences(file, report);
}

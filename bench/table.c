/* SPDX-License-Identifier: MIT */
/* All that was measured, a row for each competitor at each setting. */
#include "bench/table.h"

#include <math.h>
#include <string.h>

#include "bench/best.h"
#include "bench/groups.h"
#include "common/text.h"

struct table_writer {
    FILE *file;
    const struct report *report;
    struct group before; /* the row before; its name NULL: there is none */
};

/* A column of a table: the median of a metric; with its interval, and marked where it is
   the best or cannot be told from it, if it is one of the main figures. */
struct column {
    const char *heading[2];
    int metric;
    int width;
    int digits; /* see decimals_for */
    bool with_range;
};

enum { MAX_COLUMNS = 15, NAME_WIDTH = 22, RANGE_WIDTH = 15 };

/* The list of each kind ends with a width of 0. */
static const struct column columns[KINDS][MAX_COLUMNS] = {
    [LATENCY] = {{{"lock and", "unlock ns"}, LATENCY_NS, 9, 3, true},
                 {{"the same", "cycles"}, LATENCY_CYCLES, 8, 3, false}},
    [LOCK] = {{{"million/s", "acquired"}, ACQUISITIONS, 9, 3, true},
              {{"hand-", "over ns"}, HANDOVER_NS, 7, 1, false},
              {{"Jain's", "index"}, JAIN, 6, 4, false},
              {{"same", "thread"}, SAME_THREAD, 6, 3, false},
              {{"waiting", "median ns"}, WAIT_MEDIAN_NS, 9, 1, false},
              {{"waiting", "p99 ns"}, WAIT_P99_NS, 8, 1, false},
              {{"waiting", "p99.9 ns"}, WAIT_P999_NS, 8, 1, false},
              {{"waiting", "max ns"}, WAIT_MAX_NS, 9, 1, false},
              {{"processor", "ns each"}, PROCESSOR_EACH_NS, 9, 3, false},
              {{"switches", "each"}, SWITCHES_EACH, 8, 3, false},
              {{"failed", "tries"}, FAILED_TRIES, 7, 3, false},
              {{"bytes", "a lock"}, BYTES_PER_LOCK, 7, 1, false}},
    [RWLOCK_LATENCY] = {{{"read lock", "unlock ns"}, READ_LATENCY_NS, 9, 3, true},
                        {{"the same", "cycles"}, READ_LATENCY_CYCLES, 8, 3, false},
                        {{"write lock", "unlock ns"}, WRITE_LATENCY_NS, 10, 3, true},
                        {{"the same", "cycles"}, WRITE_LATENCY_CYCLES, 8, 3, false}},
    [RWLOCK] = {{{"million/s", "acquired"}, ACQUISITIONS, 9, 3, true},
                {{"by", "readers"}, READS, 7, 3, false},
                {{"by", "writers"}, WRITES, 7, 3, false},
                {{"Jain's", "index"}, JAIN, 6, 4, false},
                {{"readers", "median"}, READ_WAIT_MEDIAN_NS, 7, 1, false},
                {{"waiting", "p99"}, READ_WAIT_P99_NS, 7, 1, false},
                {{"ns", "max"}, READ_WAIT_MAX_NS, 9, 1, false},
                {{"writers", "median"}, WRITE_WAIT_MEDIAN_NS, 7, 1, false},
                {{"waiting", "p99"}, WRITE_WAIT_P99_NS, 7, 1, false},
                {{"ns", "max"}, WRITE_WAIT_MAX_NS, 9, 1, false},
                {{"processor", "ns each"}, PROCESSOR_EACH_NS, 9, 3, false},
                {{"switches", "each"}, SWITCHES_EACH, 8, 3, false},
                {{"failed", "tries"}, FAILED_TRIES, 7, 3, false},
                {{"bytes", "a lock"}, BYTES_PER_LOCK, 7, 1, false}},
    [BARRIER] = {{{"ns an", "episode"}, EPISODE_NS, 8, 3, true},
                 {{"waiting", "median ns"}, WAIT_MEDIAN_NS, 9, 1, false},
                 {{"waiting", "p99 ns"}, WAIT_P99_NS, 8, 1, false},
                 {{"waiting", "max ns"}, WAIT_MAX_NS, 9, 1, false},
                 {{"coming", "within ns"}, IMBALANCE_MEDIAN_NS, 9, 1, false},
                 {{"processor", "ns each"}, PROCESSOR_EACH_NS, 9, 3, false},
                 {{"switches", "each"}, SWITCHES_EACH, 8, 3, false}},
};

/* Some say nothing unless an option is given. */
static bool is_shown(const struct report *report, const struct column *column)
{
    switch (column->metric) {
    case FAILED_TRIES:
        return report->options->trylock;
    case BYTES_PER_LOCK:
        return report->options->table > 1;
    default:
        return true;
    }
}

static void print_cell(FILE *file, int width, const char *text)
{
    text_right(file, (unsigned)width + 2, text);
}

/* Decimals that show at least `digits` digits of a value, but no more than four. */
static int decimals_for(int digits, double value)
{
    int decimals = digits - 1;
    for (double rest = value; rest >= 10 && decimals > 0; rest /= 10) {
        decimals--;
    }
    for (double rest = value; rest > 0 && rest < 1 && decimals < 4; rest *= 10) {
        decimals++;
    }
    return decimals;
}

void print_number(FILE *file, unsigned width, double number)
{
    char text[32] = "-";
    if (!isnan(number)) {
        (void)snprintf(text, sizeof text, "%.*f", decimals_for(3, number), number);
    }
    text_right(file, width, text);
}

static void print_heading(const struct table_writer *writer, const struct group *group)
{
    static const char *const titles[KINDS] = {
        [LATENCY] = "Latency: a free lock, inlined; best of batches, less the loop",
        [RWLOCK_LATENCY] = "Latency: a free reader-writer lock, likewise",
        [LOCK] = "Contention and waiting",
        [RWLOCK] = "Readers and writers",
        [BARRIER] = "Barriers"};
    FILE *file = writer->file;
    const enum kind kind = group->setting.kind;
    (void)fprintf(file, "\n%s", titles[kind]);
    if (!kind_facts[kind].alone) {
        char text[64];
        setting_text(text, sizeof text, &group->setting);
        (void)fprintf(file, ", %s", text);
    }
    struct spread transfer;
    if (spread_over(writer->report, group, transfer_of, 0, &transfer) > 0) {
        (void)fprintf(file, "%s%s: a cache line moves in about %.0f ns",
                      group->distance == ANY ? "" : ", processors ",
                      group->distance == ANY ? "" : distance_names[group->distance],
                      transfer.median);
    }
    const struct best best = find_best(writer->report, &group->setting, group->distance,
                                       columns[kind]->metric, NULL);
    if (best.too_few) {
        (void)fprintf(file, "\ntoo few to tell any from the best: it takes %zu %s",
                      best.needed, writer->report->launches > 1 ? "launches" : "runs");
    }
    (void)fputs("\n\n", file);
    for (int line = 0; line < 2; line++) {
        const char *name = kind == BARRIER ? "barrier" : "lock";
        (void)fprintf(file, "%-*s%5s", NAME_WIDTH, line == 0 ? "" : name,
                      line == 0 ? "" : "runs");
        for (const struct column *column = columns[kind]; column->width > 0; column++) {
            if (!is_shown(writer->report, column)) {
                continue;
            }
            print_cell(file, column->width, column->heading[line]);
            if (column->with_range) {
                print_cell(file, RANGE_WIDTH, line == 0 ? "95 %" : "interval");
                (void)fputs("  ", file);
            }
        }
        (void)fputc('\n', file);
    }
}

static void print_row(void *context, const struct group *group)
{
    struct table_writer *writer = context;
    FILE *file = writer->file;
    const struct group *before = &writer->before;
    if (before->name == NULL || before->distance != group->distance ||
        !same_setting(&before->setting, &group->setting)) {
        print_heading(writer, group);
    }
    writer->before = *group;
    char name[NAME_WIDTH + 1];
    (void)snprintf(name, sizeof name, "%s%s", group->name,
                   is_disturbed(writer->report, group) ? " ~" : "");
    (void)fprintf(file, "%-*s%5zu", NAME_WIDTH, name, runs_in(writer->report, group));
    for (const struct column *column = columns[group->setting.kind]; column->width > 0;
         column++) {
        if (!is_shown(writer->report, column)) {
            continue;
        }
        struct spread spread;
        char median[32] = "-";
        char range[64] = "-";
        if (spread_over(writer->report, group, metric_of, column->metric, &spread) > 0) {
            int decimals = decimals_for(column->digits, spread.median);
            (void)snprintf(median, sizeof median, "%.*f", decimals, spread.median);
            bool few = isnan(spread.low);
            (void)snprintf(range, sizeof range, few ? "(%.*f–%.*f)" : "%.*f–%.*f",
                           decimals, few ? spread.min : spread.low, decimals,
                           few ? spread.max : spread.high);
        }
        print_cell(file, column->width, median);
        if (column->with_range) {
            const struct best best = find_best(writer->report, &group->setting,
                                               group->distance, column->metric, NULL);
            print_cell(file, RANGE_WIDTH, range);
            (void)fputs(best.is[index_of(writer->report, group)] ? " *" : "  ", file);
        }
    }
    (void)fputc('\n', file);
}

void print_table(FILE *file, const struct report *report)
{
    struct table_writer writer = {.file = file, .report = report};
    text_wrapped(file, WIDTH,
                 "intervals hold the median in 95 of 100 cases; in parentheses, of fewer "
                 "than six, are the least and the greatest; * the best, and those that "
                 "cannot be told from it (rank-sum test of the %s at 5 %%, corrected for "
                 "all pairs)",
                 report->launches > 1 ? "launches" : "runs");
    for_each_group(report, false, print_row, &writer);
}

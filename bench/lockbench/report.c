/* SPDX-License-Identifier: MIT */
#include "report.h"

#include "statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[KINDS] = {
    [LATENCY] = "latency", [LOCK] = "lock", [BARRIER] = "barrier"};
static const char *const distance_names[DISTANCES] = {
    [ANY] = "any", [NEAR] = "near", [FAR] = "far"};

/* The runs that may share a median. */
struct group {
    enum kind kind;
    const char *name;
    unsigned threads;
    enum distance distance;
};

static bool belongs(const struct run *run, const struct group *group)
{
    return run->kind == group->kind && strcmp(run->name, group->name) == 0 &&
           run->threads == group->threads && run->distance == group->distance;
}

/* Spread of one figure over a group's runs, and over how many of them. */
static size_t spread_over(const struct report *report, const struct group *group,
                          double (*figure)(const struct run *run, int metric), int metric,
                          struct spread *spread)
{
    double *values = calloc(report->run_count + 1, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; values != NULL && i < report->run_count; i++) {
        if (belongs(&report->runs[i], group)) {
            double value = figure(&report->runs[i], metric);
            if (!isnan(value)) {
                values[count++] = value;
            }
        }
    }
    if (count > 0) {
        *spread = spread_of(values, count);
    }
    free(values);
    return count;
}

static double metric_of(const struct run *run, int metric)
{
    return run->outcome.values[metric];
}

static double transfer_of(const struct run *run, int unused)
{
    (void)unused;
    return run->transfer_ns;
}

static size_t runs_in(const struct report *report, const struct group *group)
{
    size_t count = 0;
    for (size_t i = 0; i < report->run_count; i++) {
        count += belongs(&report->runs[i], group);
    }
    return count;
}

/* Calls `function` for each group that has runs, in the order of the tables: by kind, by
   threads, by distance, by competitor. */
static void for_each_group(const struct report *report,
                           void (*function)(void *context, const struct group *group),
                           void *context)
{
    const struct options *options = report->options;
    for (int kind = 0; kind < KINDS; kind++) {
        const struct competitors *competitors =
            kind == BARRIER ? &options->barriers : &options->locks;
        unsigned thread_counts = kind == LATENCY ? 1 : options->thread_count;
        for (unsigned t = 0; t < thread_counts; t++) {
            for (int distance = 0; distance < DISTANCES; distance++) {
                for (unsigned i = 0; i < competitors->count; i++) {
                    struct group group = {.kind = (enum kind)kind,
                                          .name = competitors->items[i].name,
                                          .threads =
                                              kind == LATENCY ? 1 : options->threads[t],
                                          .distance = (enum distance)distance};
                    if (runs_in(report, &group) > 0) {
                        function(context, &group);
                    }
                }
            }
        }
    }
}

/* --- table ----------------------------------------------------------------------------
 */

struct table_writer {
    FILE *file;
    const struct report *report;
    struct group before; /* the row before; its name NULL: there is none */
};

static double median(const struct report *report, const struct group *group, int metric)
{
    struct spread spread;
    return spread_over(report, group, metric_of, metric, &spread) > 0 ? spread.median
                                                                      : NAN;
}

/* A figure in `width` columns, with as many digits as it deserves. */
static void print_figure(FILE *file, int width, double value)
{
    if (isnan(value)) {
        (void)fprintf(file, " %*s", width, "-");
    } else {
        int digits = value >= 100 || value == 0 ? 0 : value >= 10 ? 1 : 2;
        (void)fprintf(file, " %*.*f", width, digits, value);
    }
}

/* The median of a metric, and how far its runs were apart. */
static void print_spread(const struct table_writer *writer, const struct group *group,
                         int metric)
{
    struct spread spread;
    if (spread_over(writer->report, group, metric_of, metric, &spread) == 0) {
        (void)fprintf(writer->file, " %8s %17s", "-", "");
        return;
    }
    char range[64];
    (void)snprintf(range, sizeof range, "(%.*f–%.*f)", spread.greatest < 100 ? 2 : 0,
                   spread.least, spread.greatest < 100 ? 2 : 0, spread.greatest);
    print_figure(writer->file, 8, spread.median);
    /* The dash is one column and three bytes. */
    (void)fprintf(writer->file, " %-*s", 17 + 2, range);
}

static void print_heading(const struct table_writer *writer, const struct group *group)
{
    FILE *file = writer->file;
    const struct report *report = writer->report;
    if (group->kind == LATENCY) {
        (void)fprintf(file,
                      "\nLatency: lock + unlock of a free lock, inlined, best of batches "
                      "less the loop\n\n%-17s %8s %-17s %8s\n",
                      "lock", "ns", "(range)", "cycles");
        return;
    }
    (void)fprintf(file, "\n%s, %u thread%s",
                  group->kind == LOCK ? "Contention and waiting" : "Barriers",
                  group->threads, group->threads == 1 ? "" : "s");
    struct spread transfer;
    if (group->distance != ANY &&
        spread_over(report, group, transfer_of, 0, &transfer) > 0) {
        (void)fprintf(file, ", processors %s: a cache line moves in about %.0f ns",
                      distance_names[group->distance], transfer.median);
    }
    if (group->kind == BARRIER) {
        (void)fprintf(file, "\n\n%-17s %4s %8s %-17s\n", "barrier", "runs", "ns/epis.",
                      "(range)");
        return;
    }
    (void)fprintf(file,
                  "\n\n%-17s %4s %26s %8s %5s %5s | %s\n%-17s %4s %8s %-17s %8s %5s %5s |"
                  " %8s %8s %8s %9s\n",
                  "", "", "acquisitions", "hand-", "", "same", "waiting time, ns", "lock",
                  "runs", "M/s", "(range)", "over ns", "Jain", "thr.%", "median", "p99",
                  "p99.9", "max");
}

static void print_row(void *context, const struct group *group)
{
    struct table_writer *writer = context;
    FILE *file = writer->file;
    const struct report *report = writer->report;
    const struct group *before = &writer->before;
    if (before->name == NULL || before->kind != group->kind ||
        before->threads != group->threads || before->distance != group->distance) {
        print_heading(writer, group);
    }
    writer->before = *group;
    (void)fprintf(file, "%-17s", group->name);
    switch (group->kind) {
    case LATENCY:
        print_spread(writer, group, LATENCY_NS);
        print_figure(file, 8, median(report, group, LATENCY_CYCLES));
        break;
    case BARRIER:
        (void)fprintf(file, " %4zu", runs_in(report, group));
        print_spread(writer, group, EPISODE_NS);
        break;
    default:
        (void)fprintf(file, " %4zu", runs_in(report, group));
        print_spread(writer, group, ACQUISITIONS);
        print_figure(file, 8, median(report, group, HANDOVER_NS));
        (void)fprintf(file, " %5.3f %5.1f |", median(report, group, JAIN),
                      100 * median(report, group, SAME_THREAD));
        print_figure(file, 8, median(report, group, WAIT_MEDIAN_NS));
        print_figure(file, 8, median(report, group, WAIT_P99_NS));
        print_figure(file, 8, median(report, group, WAIT_P999_NS));
        print_figure(file, 9, median(report, group, WAIT_MAX_NS));
    }
    (void)fputc('\n', file);
}

static void print_table(FILE *file, const struct report *report)
{
    const struct options *options = report->options;
    const struct conditions *conditions = report->conditions;
    (void)fprintf(file, "lockbench %s on %s\n", LOCKSTEP_VERSION, report->machine);
    (void)fprintf(
        file,
        "%.2f GHz; --bind %s; critical section: two shared lines and %.0f ns; "
        "%.0f ns outside\n"
        "medians of %u runs of %.0f ms, taken in turn; one acquisition in 32 is "
        "timed (a clock read costs %.0f ns, taken off)\n",
        conditions->clock.cycles_per_ns, options->bind, options->critical_ns,
        options->outside_ns, options->repeat, (double)conditions->duration_ns / 1e6,
        conditions->clock.read_ns);
    struct table_writer writer = {.file = file, .report = report};
    for_each_group(report, print_row, &writer);
    if (report->unsettled > 0) {
        (void)fprintf(file,
                      "\n%u runs were not counted: the processors moved meanwhile.\n",
                      report->unsettled);
    }
}

/* --- CSV and JSON ---------------------------------------------------------------------
 */

struct record_writer {
    FILE *file;
    const struct report *report;
    const char *separator; /* before the next record */
};

static void print_csv_rows(void *context, const struct group *group)
{
    struct record_writer *writer = context;
    for (int metric = 0; metric < METRICS; metric++) {
        struct spread spread;
        size_t runs = spread_over(writer->report, group, metric_of, metric, &spread);
        if (runs > 0) {
            (void)fprintf(writer->file, "%s,%s,%u,%s,%zu,%s,%s,%.6g,%.6g,%.6g\n",
                          kind_names[group->kind], group->name, group->threads,
                          distance_names[group->distance], runs,
                          metric_facts[metric].name, metric_facts[metric].unit,
                          spread.median, spread.least, spread.greatest);
        }
    }
}

static void print_csv(FILE *file, const struct report *report)
{
    struct record_writer writer = {.file = file, .report = report};
    (void)fputs("kind,name,threads,processors,runs,metric,unit,median,least,greatest\n",
                file);
    for_each_group(report, print_csv_rows, &writer);
}

/* A text in quotes, for JSON. */
static void print_quoted(FILE *file, const char *text)
{
    (void)fputc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            (void)fputc('\\', file);
        }
        if ((unsigned char)*text >= ' ') {
            (void)fputc(*text, file);
        }
    }
    (void)fputc('"', file);
}

static void print_json_result(void *context, const struct group *group)
{
    struct record_writer *writer = context;
    FILE *file = writer->file;
    (void)fprintf(file,
                  "%s\n    {\"kind\": \"%s\", \"name\": \"%s\", \"threads\": %u, "
                  "\"processors\": \"%s\", \"runs\": %zu",
                  writer->separator, kind_names[group->kind], group->name, group->threads,
                  distance_names[group->distance], runs_in(writer->report, group));
    writer->separator = ",";
    struct spread spread;
    if (spread_over(writer->report, group, transfer_of, 0, &spread) > 0) {
        (void)fprintf(file, ", \"transfer_ns\": %.6g", spread.median);
    }
    for (int metric = 0; metric < METRICS; metric++) {
        if (spread_over(writer->report, group, metric_of, metric, &spread) > 0) {
            (void)fprintf(file,
                          ",\n     \"%s\": {\"unit\": \"%s\", \"median\": %.6g, "
                          "\"least\": %.6g, \"greatest\": %.6g}",
                          metric_facts[metric].name, metric_facts[metric].unit,
                          spread.median, spread.least, spread.greatest);
        }
    }
    (void)fputc('}', file);
}

static void print_json(FILE *file, const struct report *report)
{
    const struct options *options = report->options;
    const struct conditions *conditions = report->conditions;
    (void)fputs("{\"lockbench\": \"" LOCKSTEP_VERSION "\",\n \"machine\": ", file);
    print_quoted(file, report->machine);
    (void)fputs(",\n \"bind\": ", file);
    print_quoted(file, options->bind);
    (void)fprintf(file,
                  ",\n \"duration_ms\": %.6g, \"repeat\": %u, \"cs_ns\": %.6g, "
                  "\"ncs_ns\": %.6g,\n \"clock_read_ns\": %.6g, \"ghz\": %.6g, "
                  "\"unsettled_runs\": %u, \"interrupted\": %s,\n \"results\": [",
                  (double)conditions->duration_ns / 1e6, options->repeat,
                  options->critical_ns, options->outside_ns, conditions->clock.read_ns,
                  conditions->clock.cycles_per_ns, report->unsettled,
                  report->interrupted ? "true" : "false");
    struct record_writer writer = {.file = file, .report = report, .separator = ""};
    for_each_group(report, print_json_result, &writer);
    (void)fputs("\n ]}\n", file);
}

void print_report(FILE *file, const struct report *report)
{
    switch (report->options->format) {
    case CSV:
        print_csv(file, report);
        break;
    case JSON:
        print_json(file, report);
        break;
    default:
        print_table(file, report);
    }
}

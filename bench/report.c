/* SPDX-License-Identifier: MIT */
#include "bench/report.h"

#include <lockstep/wait.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/platform.h"
#include "common/json.h"
#include "common/record.h"
#include "common/statistics.h"
#include "common/text.h"

static const char *const distance_names[DISTANCES] = {
    [ANY] = "any", [NEAR] = "near", [FAR] = "far"};

/* The runs that may share a median. */
struct group {
    struct setting setting;
    const char *name;
    enum distance distance;
};

static bool belongs(const struct run *run, const struct group *group)
{
    return same_setting(&run->setting, &group->setting) &&
           strcmp(run->name, group->name) == 0 && run->distance == group->distance;
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

static double disturbance_of(const struct run *run, int unused)
{
    (void)unused;
    return run->disturbed ? run->disturbance : NAN;
}

/* Whether the figures are of runs that were not alone; of a group all are, or none. */
static bool is_disturbed(const struct report *report, const struct group *group)
{
    struct spread spread;
    return spread_over(report, group, disturbance_of, 0, &spread) > 0;
}

static size_t runs_in(const struct report *report, const struct group *group)
{
    size_t count = 0;
    for (size_t i = 0; i < report->run_count; i++) {
        count += belongs(&report->runs[i], group);
    }
    return count;
}

/* Calls `function` for each group that has runs, and if wanted for those that have none
   as the competitor was found to be broken; in the order of the tables: by setting,
   by distance, by competitor. */
static void for_each_group(const struct report *report, bool with_broken,
                           void (*function)(void *context, const struct group *group),
                           void *context)
{
    for (unsigned s = 0; s < report->settings->count; s++) {
        const struct setting *setting = &report->settings->items[s];
        const struct competitors *competitors =
            &report->options->competitors[kind_facts[setting->kind].family];
        for (int distance = 0; distance < DISTANCES; distance++) {
            for (unsigned i = 0; i < competitors->count; i++) {
                const struct competitor *one = &competitors->items[i];
                struct group group = {.setting = *setting,
                                      .name = one->name,
                                      .distance = (enum distance)distance};
                if (runs_in(report, &group) > 0 ||
                    (with_broken && one->broken && distance == ANY)) {
                    function(context, &group);
                }
            }
        }
    }
}

/* Calls `function` for each competitor that was found to be broken. */
static void for_each_broken(const struct report *report,
                            void (*function)(void *context, const char *name),
                            void *context)
{
    for (int family = 0; family < FAMILIES; family++) {
        const struct competitors *competitors = &report->options->competitors[family];
        for (unsigned i = 0; i < competitors->count; i++) {
            if (competitors->items[i].broken) {
                function(context, competitors->items[i].name);
            }
        }
    }
}

static bool is_broken(const struct report *report, const struct group *group)
{
    const struct competitors *competitors =
        &report->options->competitors[kind_facts[group->setting.kind].family];
    for (unsigned i = 0; i < competitors->count; i++) {
        if (strcmp(competitors->items[i].name, group->name) == 0) {
            return competitors->items[i].broken;
        }
    }
    return false;
}

/* --- table --- */

struct table_writer {
    FILE *file;
    const struct report *report;
    struct group before; /* the row before; its name NULL: there is none */
};

/* A column of a table: the median of a metric, after the least and greatest if it is one
   of the main figures. */
struct column {
    const char *heading[2];
    int metric;
    int width;
    int digits; /* see decimals_for */
    bool with_range;
};

enum { MAX_COLUMNS = 11, NAME_WIDTH = 22, RANGE_WIDTH = 15 };

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
              {{"waiting", "max ns"}, WAIT_MAX_NS, 9, 1, false}},
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
                {{"ns", "max"}, WRITE_WAIT_MAX_NS, 9, 1, false}},
    [BARRIER] = {{{"ns an", "episode"}, EPISODE_NS, 8, 3, true}},
};

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
    (void)fputs("\n\n", file);
    for (int line = 0; line < 2; line++) {
        const char *name = kind == BARRIER ? "barrier" : "lock";
        (void)fprintf(file, "%-*s%5s", NAME_WIDTH, line == 0 ? "" : name,
                      line == 0 ? "" : "runs");
        for (const struct column *column = columns[kind]; column->width > 0; column++) {
            print_cell(file, column->width, column->heading[line]);
            if (column->with_range) {
                print_cell(file, RANGE_WIDTH, line == 0 ? "range" : "min–max");
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
        struct spread spread;
        char median[32] = "-";
        char range[64] = "-";
        if (spread_over(writer->report, group, metric_of, column->metric, &spread) > 0) {
            int decimals = decimals_for(column->digits, spread.median);
            (void)snprintf(median, sizeof median, "%.*f", decimals, spread.median);
            (void)snprintf(range, sizeof range, "%.*f–%.*f", decimals, spread.min,
                           decimals, spread.max);
        }
        print_cell(file, column->width, median);
        if (column->with_range) {
            print_cell(file, RANGE_WIDTH, range);
        }
    }
    (void)fputc('\n', file);
}

static void print_broken(void *file, const char *name)
{
    (void)fprintf(
        file, "\nBROKEN: %s. Its figures, if there are any, are worth nothing.\n", name);
}

/* --- what is to be said of all of it --- */

static void print_limits(FILE *file, const struct report *report)
{
    const char *governor =
        json_string_value(json_object_get(report->facts, "frequency_governor"));
    if (!isnan(report->quota)) {
        (void)fprintf(file,
                      "the control group has a quota of %.3g processors: threads that "
                      "need more are held back\n",
                      report->quota);
    }
    if (governor != NULL && strcmp(governor, "performance") != 0) {
        (void)fprintf(file,
                      "frequency governor %s: the frequency may change while it is "
                      "measured\n",
                      governor);
    }
}

/* What most of the disturbed runs that had to count were disturbed by. */
static void print_disturbed(FILE *file, const struct report *report)
{
    const struct run *most = NULL;
    size_t count = 0;
    size_t all = 0;
    bool known = true;
    for (size_t i = 0; i < report->run_count; i++) {
        const struct run *run = &report->runs[i];
        all += !kind_facts[run->setting.kind].alone;
        known = known && !isnan(run->outcome.company.others_most);
        if (run->disturbed) {
            count++;
            most = most == NULL || run->disturbance > most->disturbance ? run : most;
        }
    }
    if (most != NULL) {
        char why[128];
        (void)disturbance(&most->outcome.company, why, sizeof why);
        (void)fprintf(file,
                      "\nDISTURBED: the rows with a ~ are of runs that were not alone, "
                      "%zu of %zu;\nin the worst %s. Their figures say little.\n",
                      count, all, why);
    }
    if (report->disturbed > 0) {
        (void)fprintf(file, "\nNot counted, having been disturbed: %u run%s.\n",
                      report->disturbed, report->disturbed == 1 ? "" : "s");
    }
    if (!known) {
        (void)fputs("\nThe system does not say (/proc/thread-self/schedstat) whether "
                    "others had a part\nof the processors.\n",
                    file);
    }
}

/* Of locks whose threads did not meet. */
static void print_alone(void *context, const struct group *group)
{
    static const double NEARLY_ALL = 0.99;
    struct table_writer *writer = context;
    struct spread spread;
    if (group->setting.threads > 1 && strcmp(group->name, platform_locks[0].name) != 0 &&
        spread_over(writer->report, group, metric_of, SAME_THREAD, &spread) > 0 &&
        spread.median >= NEARLY_ALL) {
        char text[64];
        setting_text(text, sizeof text, &group->setting);
        (void)fprintf(
            writer->file,
            "\n%s, %s: %.4g %% of the entries by the thread that had just left: "
            "they hardly met,\nand this says nothing about contention.\n",
            group->name, text, 100 * spread.median);
    }
}

/* Of the lock that is none: what it says about the others' being found sound. */
static void print_null(void *context, const struct group *group)
{
    struct table_writer *writer = context;
    struct spread lost;
    struct spread overlaps;
    char text[64];
    if (group->setting.kind != LOCK || group->setting.threads == 1 ||
        strcmp(group->name, platform_locks[0].name) != 0 ||
        spread_over(writer->report, group, metric_of, OVERLAPPING, &overlaps) == 0 ||
        spread_over(writer->report, group, metric_of, LOST_UPDATES, &lost) == 0) {
        return;
    }
    setting_text(text, sizeof text, &group->setting);
    if (overlaps.max == 0 && lost.max == 0) {
        (void)fprintf(writer->file,
                      "\n%s, %s: not found to be broken, which it is: so its threads did "
                      "not meet,\nand that no other lock was found to be says nothing.\n",
                      group->name, text);
    } else {
        (void)fprintf(writer->file,
                      "\n%s, %s: found to be broken, as it is, by %.0f overlapping "
                      "sections a run and %.0f lost\nupdates. Its figures are what the "
                      "measuring itself takes.\n",
                      group->name, text, overlaps.median, lost.median);
    }
}

static void print_table(FILE *file, const struct report *report)
{
    const struct options *options = report->options;
    const struct conditions *conditions = report->conditions;
    (void)fprintf(file, "lockbench %s on %s\n", LOCKSTEP_VERSION, report->machine);
    (void)fprintf(file,
                  "%.2f GHz; --bind %s; --cs %g ns and two shared lines; --ncs %g ns; ",
                  conditions->clock.cycles_per_ns, options->bind, options->critical_ns,
                  options->outside_ns);
    if (lks_spins() == LKS_NEVER_YIELD) {
        (void)fputs("waits never yield\n", file);
    } else {
        (void)fprintf(file, "waits yield after %u tries\n", lks_spins());
    }
    (void)fprintf(
        file,
        "medians over %u round%s of runs of %.3g ms, or more rounds where processors "
        "move;\none acquisition in 32 is timed (a clock read costs %.0f ns, taken "
        "off)\n",
        options->repeat, options->repeat == 1 ? "" : "s",
        (double)conditions->duration_ns / 1e6, conditions->clock.read_ns);
    print_limits(file, report);
    struct table_writer writer = {.file = file, .report = report};
    for_each_group(report, false, print_row, &writer);
    print_disturbed(file, report);
    for_each_group(report, false, print_alone, &writer);
    for_each_group(report, false, print_null, &writer);
    if (report->unsettled > 0) {
        (void)fprintf(file, "\nNot counted, the processors having moved meanwhile: %u.\n",
                      report->unsettled);
    }
    for (size_t i = 0; i < report->run_count; i++) {
        if (report->runs[i].outcome.values[ACQUISITIONS] == 0) {
            (void)fputs(
                "\nIn some runs nothing happened: they need a longer --duration.\n",
                file);
            break;
        }
    }
    for_each_broken(report, print_broken, file);
    if (!report->complete) {
        (void)fputs("\nNot complete: the measuring was cut short.\n", file);
    }
}

/* --- CSV and JSON --- */

static void set(json_t *object, const char *name, json_t *value)
{
    (void)json_object_set_new(object, name, value);
}

static void set_conditions(json_t *record, const struct report *report)
{
    const struct conditions *conditions = report->conditions;
    struct tm broken_down;
    char date[32] = "", host[256] = "";
    (void)gmtime_r(&report->started, &broken_down);
    (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &broken_down);
    bool known = gethostname(host, sizeof host - 1) == 0;
    set(record, "date", json_text(date));
    set(record, "host", json_text(known ? host : NULL));
    set(record, "machine", json_incref(report->facts));
    set(record, "clock_read_ns", json_known(conditions->clock.read_ns));
    set(record, "cycles_per_ns", json_known(conditions->clock.cycles_per_ns));
    set(record, "tries_before_yield",
        lks_spins() == LKS_NEVER_YIELD ? json_null() : json_integer(lks_spins()));
    set(record, "complete", json_boolean(report->complete));
    set(record, "unsettled_runs", json_integer(report->unsettled));
    set(record, "disturbed_runs", json_integer(report->disturbed));
    set(record, "quota_processors", json_known(report->quota));
}

static void set_metrics(json_t *record, const struct report *report,
                        const struct group *group)
{
    for (int metric = 0; metric < METRICS; metric++) {
        struct spread spread = {.median = NAN, .min = NAN, .max = NAN};
        (void)spread_over(report, group, metric_of, metric, &spread);
        json_t *figure = json_object();
        set(figure, "median", json_known(spread.median));
        set(figure, "min", json_known(spread.min));
        set(figure, "max", json_known(spread.max));
        set(record, metric_names[metric], figure);
    }
}

struct record_writer {
    FILE *file;
    const struct report *report;
};

static void write_record(void *context, const struct group *group)
{
    struct record_writer *writer = context;
    const struct report *report = writer->report;
    const struct setting *setting = &group->setting;
    json_t *record = record_begin(&command_line, build_library_flags);
    set_conditions(record, report);
    set(record, "kind", json_text(kind_facts[setting->kind].name));
    set(record, "name", json_text(group->name));
    set(record, "threads", json_integer(setting->threads));
    set(record, "writes_percent",
        setting->kind == RWLOCK ? json_real(setting->writes) : json_null());
    set(record, "broken", json_boolean(is_broken(report, group)));
    size_t runs = runs_in(report, group);
    struct spread transfer = {.median = NAN};
    (void)spread_over(report, group, transfer_of, 0, &transfer);
    set(record, "distance",
        runs > 0 ? json_text(distance_names[group->distance]) : json_null());
    set(record, "transfer_ns", json_known(transfer.median));
    set(record, "runs", json_count(runs));
    set(record, "disturbed", json_boolean(is_disturbed(report, group)));
    set_metrics(record, report, group);
    record_write(writer->file, (enum format)report->options->format, record);
}

void print_report(FILE *file, const struct report *report)
{
    if (report->options->format == TABLE) {
        print_table(file, report);
        return;
    }
    struct record_writer writer = {.file = file, .report = report};
    for_each_group(report, true, write_record, &writer);
}

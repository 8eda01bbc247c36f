/* SPDX-License-Identifier: MIT */
#include "bench/report.h"

#include <lockstep/wait.h>

#include <math.h>
#include <stdlib.h>

#include "bench/groups.h"
#include "bench/machine.h"
#include "bench/table.h"
#include "common/json.h"
#include "common/record.h"

static void set_conditions(json_t *record, const struct report *report)
{
    const struct conditions *conditions = report->conditions;
    bool own = report->options->sources[0] != NULL;
    set(record, "session", json_text(report->session));
    set(record, "launch", json_integer(report->launch));
    set_origin(record, report->facts, report->started);
    set(record, "sources", own ? json_texts(report->options->sources) : json_null());
    set(record, "compiler_flags", own ? json_texts(report->options->flags) : json_null());
    set(record, "clock_read_ns", json_known(conditions->clock.read_ns));
    set(record, "cycles_per_ns", json_known(conditions->clock.cycles_per_ns));
    set(record, "tries_before_yield",
        lks_spins() == LKS_NEVER_YIELD ? json_null() : json_integer(lks_spins()));
    set(record, "counters_missing", json_text(counters_missing()));
    set(record, "complete", json_boolean(report->complete));
    set(record, "unsettled_runs", json_integer(report->unsettled));
    set(record, "disturbed_runs", json_integer(report->disturbed));
    set(record, "quota_processors", json_known(report->quota));
}

/* Of these values, which it frees. */
static json_t *figure_of(struct values values)
{
    struct spread spread = {NAN, NAN, NAN, NAN, NAN};
    json_t *figure = json_object(), *all = json_array();
    for (size_t i = 0; i < values.count; i++) {
        (void)json_array_append_new(all, json_known(values.items[i]));
    }
    if (values.count > 0) {
        spread = spread_of(values.items, values.count);
    }
    set(figure, "median", json_known(spread.median));
    set(figure, "low", json_known(spread.low));
    set(figure, "high", json_known(spread.high));
    set(figure, "min", json_known(spread.min));
    set(figure, "max", json_known(spread.max));
    set(figure, "values", all);
    free(values.items);
    return figure;
}

static void set_metrics(json_t *record, const struct report *report,
                        const struct group *group)
{
    for (int metric = 0; metric < METRICS; metric++) {
        set(record, metric_names[metric],
            figure_of(values_over(report, group, metric_of, metric)));
    }
}

/* Of all runs of a group together. */
static json_t *histogram_of(const struct report *report, const struct group *group)
{
    uint64_t all[OCTAVES] = {0};
    unsigned used = 0;
    for (size_t i = 0; i < report->run_count; i++) {
        for (unsigned k = 0; belongs(&report->runs[i], group) && k < OCTAVES; k++) {
            all[k] += report->runs[i].outcome.waits[k];
            used = all[k] > 0 && k >= used ? k + 1 : used;
        }
    }
    json_t *counts = json_array();
    for (unsigned k = 0; k < used; k++) {
        (void)json_array_append_new(counts, json_count(all[k]));
    }
    return counts;
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
    set(record, "library", json_text(library_of(report, group)));
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
    set(record, "wait_histogram", histogram_of(report, group));
    set_metrics(record, report, group);
    set(record, "baseline_ratio", figure_of(ratios_over(report, group)));
    record_write(writer->file, (enum format)report->options->format, record);
}

void print_report(FILE *file, const struct report *report)
{
    if (report->options->format == TABLE) {
        print_conditions(file, report);
        (report->options->recommend ? print_recommendation
         : report->options->full    ? print_table
                                    : print_look)(file, report);
        print_notes(file, report);
        return;
    }
    struct record_writer writer = {.file = file, .report = report};
    for_each_group(report, true, write_record, &writer);
}

/* SPDX-License-Identifier: MIT */
#include "sim/show/record.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "virtual/program/tool.h"

/* The same walk writes the names of a CSV file's columns, a row of it, or an object. */
struct record {
    enum { NAMES, ROW, OBJECT } form;
    const char *group; /* that the next fields are in, or NULL */
    bool begun;        /* something stands before, in the same object */
};

static void put_separator(struct record *record)
{
    if (record->begun) {
        (void)fputs(record->form == OBJECT ? ", " : ",", vm_out);
    }
    record->begun = true;
}

/* Returns whether a value is to follow. */
static bool put_name(struct record *record, const char *name)
{
    put_separator(record);
    if (record->form == NAMES) {
        (void)fprintf(vm_out, "%s%s%s", record->group != NULL ? record->group : "",
                      record->group != NULL ? "_" : "", name);
    } else if (record->form == OBJECT) {
        (void)fprintf(vm_out, "\"%s\": ", name);
    }
    return record->form != NAMES;
}

static void begin_group(struct record *record, const char *name)
{
    if (record->form == OBJECT) {
        put_separator(record);
        (void)fprintf(vm_out, "\"%s\": {", name);
        record->begun = false;
    }
    record->group = name;
}

static void end_group(struct record *record)
{
    if (record->form == OBJECT) {
        (void)fputc('}', vm_out);
        record->begun = true;
    }
    record->group = NULL;
}

static void put_csv_text(const char *text)
{
    bool quoted = text[strcspn(text, ",\"\r\n")] != '\0';
    (void)fputs(quoted ? "\"" : "", vm_out);
    for (; *text != '\0'; text++) {
        (void)fputs(*text == '"' ? "\"" : "", vm_out);
        (void)fputc(*text, vm_out);
    }
    (void)fputs(quoted ? "\"" : "", vm_out);
}

static void put_json_text(const char *text)
{
    (void)fputc('"', vm_out);
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ') {
            (void)fprintf(vm_out, "\\u%04x", (unsigned)*text);
        } else {
            (void)fputs(*text == '"' || *text == '\\' ? "\\" : "", vm_out);
            (void)fputc(*text, vm_out);
        }
    }
    (void)fputc('"', vm_out);
}

static void put_text(struct record *record, const char *name, const char *text)
{
    if (put_name(record, name)) {
        (record->form == OBJECT ? put_json_text : put_csv_text)(text);
    }
}

static void put_count(struct record *record, const char *name, uint64_t count)
{
    if (put_name(record, name)) {
        (void)fprintf(vm_out, "%" PRIu64, count);
    }
}

static void put_truth(struct record *record, const char *name, bool truth)
{
    if (put_name(record, name)) {
        (void)fputs(truth ? "true" : "false", vm_out);
    }
}

/* NAN: there is none. */
static void put_real(struct record *record, const char *name, double value)
{
    if (isinf(value)) {
        put_text(record, name, "unbounded");
    } else if (put_name(record, name)) {
        if (!isnan(value)) {
            (void)fprintf(vm_out, "%.10g", value);
        } else if (record->form == OBJECT) {
            (void)fputs("null", vm_out);
        }
    }
}

/* A field that this run does not have: its column is empty. */
static void put_nothing(struct record *record, const char *name)
{
    if (record->form != OBJECT) {
        (void)put_name(record, name);
    }
}

static void put_count_if(struct record *record, const char *name, bool there,
                         uint64_t count)
{
    if (there) {
        put_count(record, name, count);
    } else {
        put_nothing(record, name);
    }
}

static void put_real_if(struct record *record, const char *name, bool there, double value)
{
    if (there) {
        put_real(record, name, value);
    } else {
        put_nothing(record, name);
    }
}

/* --- a run -------------------------------------------------------------------------- */

static void put_run(struct record *record, const struct options *options,
                    const struct result *result)
{
    const struct machine *on = result->machine;
    bool of_catalog = result->scenario != PROGRAM;
    put_text(record, "machine", on->name);
    put_text(record, "structure", structure_names[on->structure]);
    put_text(record, "protocol", protocol_names[on->protocol]);
    put_text(record, "arbitration", arbitration_names[on->arbitration]);
    put_text(record, "primitive", result->primitive);
    put_text(record, "kind", figure_kind(result));
    put_text(record, "scenario", scenario_name(result->scenario));
    put_count(record, "processors", result->processors);
    put_count(record, "seed", result->seed);
    put_count_if(record, "inside", of_catalog && !result->is_barrier, result->inside);
    put_count_if(record, "outside", of_catalog, result->outside);
    if (of_catalog) {
        put_text(record, "arrival",
                 options->arrival == RANDOM_ARRIVAL ? "random" : "fixed");
    } else {
        put_nothing(record, "arrival");
    }
    put_count_if(record, "data", of_catalog, options->data);
    put_truth(record, "interrupted", result->interrupted);
    put_count_if(record, "acquisitions", of_catalog && !result->is_barrier,
                 result->passages);
    put_count_if(record, "episodes", of_catalog && result->is_barrier, result->passages);
}

static void put_kinds(struct record *record, const struct result *result)
{
    bool cached = result->machine->protocol != NO_CACHES;
    begin_group(record, "kinds");
    for (int i = 0; i < TRANSACTIONS; i++) {
        put_count_if(record, transaction_name((enum transaction)i),
                     record->form != OBJECT || cached == (i < REMOTE_READ),
                     result->counts.transactions[i]);
    }
    end_group(record);
}

static void put_counts(struct record *record, const struct result *result)
{
    const struct counts *counted = &result->counts;
    put_count(record, "cycles", result->cycles);
    put_count(record, "accesses", counted->accesses);
    put_count(record, "hits", counted->hits);
    put_count(record, "misses", counted->misses);
    put_count(record, "transactions", counts_transactions(counted));
    put_kinds(record, result);
    put_count(record, "from_cache", counted->from_cache);
    put_count(record, "invalidations", counted->invalidations);
    put_count(record, "updates", counted->updates);
    put_count(record, "words", counted->words);
    put_count(record, "messages", counted->messages);
    put_real(record, "bus_utilisation", result->bus);
    put_real(record, "module_utilisation", result->busiest_module);
    put_real(record, "link_utilisation", result->busiest_link);
    put_real(record, "rmr_cc", counted->spins_cc ? INFINITY : (double)counted->rmr_cc);
    put_real(record, "rmr_dsm", counted->spins_dsm ? INFINITY : (double)counted->rmr_dsm);
    put_count(record, "lines", result->lines);
    put_count(record, "simulated_accesses", result->simulated);
}

static void put_distribution(struct record *record, const char *name, bool there,
                             const struct distribution *distribution)
{
    if (!there && record->form == OBJECT) {
        return;
    }
    begin_group(record, name);
    put_count_if(record, "count", there, distribution->count);
    put_real_if(record, "mean", there, distribution->mean);
    put_count_if(record, "median", there, distribution->median);
    put_count_if(record, "p90", there, distribution->p90);
    put_count_if(record, "p99", there, distribution->p99);
    put_count_if(record, "longest", there, distribution->longest);
    end_group(record);
}

static void put_fairness(struct record *record, bool there, const struct result *result)
{
    if (!there && record->form == OBJECT) {
        return;
    }
    begin_group(record, "fairness");
    put_real_if(record, "jain", there, result->fairness);
    put_count_if(record, "fewest", there, result->fewest);
    put_count_if(record, "most", there, result->most);
    put_count_if(record, "passed_over", there, result->passed_over);
    end_group(record);
}

/* What only acquisitions and episodes have. */
static void put_passages(struct record *record, const struct result *result)
{
    static const struct {
        const char *name;
        enum figure figure;
    } per_passage[] = {
        {"cycles_per_passage", CYCLES},
        {"transactions_per_passage", TRANSACTIONS_EACH},
        {"rmr_cc_per_passage", RMR_CC},
        {"rmr_dsm_per_passage", RMR_DSM},
    };
    bool of_catalog = result->scenario != PROGRAM;
    bool of_lock = of_catalog && !result->is_barrier;
    for (unsigned i = 0; i < sizeof per_passage / sizeof *per_passage; i++) {
        put_real_if(record, per_passage[i].name, of_catalog,
                    figure_of(result, per_passage[i].figure));
    }
    put_distribution(record, "waiting", of_catalog, &result->waiting);
    put_distribution(record, "handover", of_lock, &result->handover);
    put_distribution(record, "holding", of_lock, &result->holding);
    put_distribution(record, "release", of_lock, &result->release);
    put_fairness(record, of_lock, result);
}

static void put_growth(struct record *record, const struct series *grown)
{
    static const char *const names[GROWING] = {[CYCLES] = "cycles",
                                               [TRANSACTIONS_EACH] = "transactions",
                                               [RMR_CC] = "rmr_cc",
                                               [RMR_DSM] = "rmr_dsm"};
    begin_group(record, "growth");
    for (int i = 0; i < GROWING; i++) {
        if (grown == NULL) {
            put_nothing(record, names[i]);
        } else {
            struct growing growing = growth_of(grown, (enum figure)i);
            put_text(record, names[i], growing_name(&growing));
        }
    }
    end_group(record);
}

/* `grown`: with the last of the primitive's runs, else NULL. */
static void put_record(struct record *record, const struct options *options,
                       const struct result *result, const struct series *grown)
{
    put_run(record, options, result);
    put_counts(record, result);
    put_passages(record, result);
    if (record->form != OBJECT || grown != NULL) {
        put_growth(record, grown);
    }
}

void record_names(const struct options *options)
{
    struct record names = {.form = NAMES};
    struct result none = {.machine = &options->machine, .primitive = ""};
    put_record(&names, options, &none, NULL);
    (void)fputc('\n', vm_out);
}

void record_print(const struct options *options, const struct result *result,
                  const struct series *grown)
{
    bool json = options->format == JSON;
    struct record record = {.form = json ? OBJECT : ROW};
    (void)fputs(json ? "{" : "", vm_out);
    put_record(&record, options, result, grown);
    (void)fputs(json ? "}\n" : "\n", vm_out);
}

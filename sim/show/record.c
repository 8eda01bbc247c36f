/* SPDX-License-Identifier: MIT */
#include "sim/show/record.h"

#include <math.h>

#include "common/json.h"
#include "virtual/program/tool.h"

static void set_text(json_t *object, const char *name, bool there, const char *text)
{
    set(object, name, json_text(there ? text : NULL));
}

static void set_count(json_t *object, const char *name, bool there, uint64_t count)
{
    set(object, name, there ? json_count(count) : json_null());
}

static void set_real(json_t *object, const char *name, bool there, double value)
{
    set(object, name, json_known(there ? value : NAN));
}

/* A figure that may be without bounds: it is null then, and a second field says so. */
static void set_bounded(json_t *object, const char *name, bool there, double value)
{
    char unbounded[64];
    (void)snprintf(unbounded, sizeof unbounded, "%s_unbounded", name);
    set_real(object, name, there, value);
    set(object, unbounded, there ? json_boolean(isinf(value)) : json_null());
}

/* --- a run -------------------------------------------------------------------------- */

static void set_run(json_t *record, const struct options *options,
                    const struct result *result)
{
    const struct machine *on = result->machine;
    bool of_catalog = result->scenario != PROGRAM;
    bool of_lock = of_catalog && result->family != OWN_BARRIER;
    bool of_rwlock = of_catalog && result->family == OWN_RWLOCK;
    set(record, "sources",
        options->sources == NULL ? json_null() : json_texts(options->sources));
    set(record, "arguments", of_catalog ? json_null() : json_texts(options->arguments));
    set(record, "compiler_flags",
        options->sources == NULL ? json_null() : json_texts(options->flags));
    set(record, "machine", json_text(on->name));
    set(record, "structure", json_text(structure_names[on->structure]));
    set(record, "protocol", json_text(protocol_names[on->protocol]));
    set(record, "arbitration", json_text(arbitration_names[on->arbitration]));
    set(record, "name", json_text(result->primitive));
    set(record, "kind", json_text(figure_kind(result)));
    set(record, "scenario", json_text(scenario_name(result->scenario)));
    set(record, "processors", json_integer(result->processors));
    set(record, "seed", json_count(result->seed));
    set_count(record, "cs_cycles", of_lock, result->inside);
    set_count(record, "ncs_cycles", of_catalog, result->outside);
    set_text(record, "arrival", of_catalog, arrival_names[options->arrival]);
    set_count(record, "data_lines", of_catalog, result->data);
    set_real(record, "writes_percent", of_rwlock, result->writes);
    set(record, "interrupted", json_boolean(result->interrupted));
    set_count(record, "acquisitions", of_lock, result->passages);
    set_count(record, "write_acquisitions", of_rwlock, result->wrote);
    set_count(record, "episodes", of_catalog && result->family == OWN_BARRIER,
              result->passages);
}

static void set_kinds(json_t *record, const struct result *result)
{
    bool cached = result->machine->protocol != NO_CACHES;
    json_t *kinds = json_object();
    for (int i = 0; i < TRANSACTIONS; i++) {
        set_count(kinds, transaction_name((enum transaction)i),
                  cached == (i < REMOTE_READ), result->counts.transactions[i]);
    }
    set(record, "transactions_by_kind", kinds);
}

static void set_counts(json_t *record, const struct result *result)
{
    const struct counts *counted = &result->counts;
    set_count(record, "cycles", true, result->cycles);
    set_count(record, "accesses", true, counted->accesses);
    set_count(record, "hits", true, counted->hits);
    set_count(record, "misses", true, counted->misses);
    set_count(record, "transactions", true, counts_transactions(counted));
    set_kinds(record, result);
    set_count(record, "from_cache", true, counted->from_cache);
    set_count(record, "invalidations", true, counted->invalidations);
    set_count(record, "updates", true, counted->updates);
    set_count(record, "words", true, counted->words);
    set_count(record, "messages", true, counted->messages);
    set_real(record, "bus_utilisation", true, result->bus);
    set_real(record, "module_utilisation", true, result->busiest_module);
    set_real(record, "link_utilisation", true, result->busiest_link);
    set_bounded(record, "rmr_cc", true,
                counted->spins_cc ? INFINITY : (double)counted->rmr_cc);
    set_bounded(record, "rmr_dsm", true,
                counted->spins_dsm ? INFINITY : (double)counted->rmr_dsm);
    set_count(record, "lines", true, result->lines);
    set_count(record, "simulated_accesses", true, result->simulated);
}

static void set_distribution(json_t *record, const char *name, bool there,
                             const struct distribution *distribution)
{
    bool known = there && is_known(distribution);
    json_t *figures = json_object();
    set_count(figures, "count", there, distribution->count);
    set_real(figures, "mean", known, distribution->mean);
    set_count(figures, "median", known, distribution->median);
    set_count(figures, "p90", known, distribution->p90);
    set_count(figures, "p99", known, distribution->p99);
    set_count(figures, "longest", known, distribution->longest);
    set(record, name, figures);
}

/* Of those that read, or that write. */
static void set_side(json_t *record, const char *side, bool there,
                     const struct distribution *waiting)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s_waiting_cycles", side);
    set_distribution(record, name, there, waiting);
    (void)snprintf(name, sizeof name, "%s_waiting_beyond", side);
    set_real(record, name, there, waiting->beyond);
}

static void set_fairness(json_t *record, bool there, const struct result *result)
{
    json_t *fairness = json_object();
    set_real(fairness, "jain_index", there, result->fairness);
    set_count(fairness, "fewest", there, result->fewest);
    set_count(fairness, "most", there, result->most);
    set_count(fairness, "never", there, result->never);
    set_count(fairness, "passed_over", there, result->passed_over);
    set(record, "fairness", fairness);
}

/* What only acquisitions and episodes have. */
static void set_passages(json_t *record, const struct result *result)
{
    bool there = result->scenario != PROGRAM;
    bool of_lock = there && result->family != OWN_BARRIER;
    bool of_rwlock = there && result->family == OWN_RWLOCK;
    set_real(record, "cycles_per_passage", there, figure_of(result, CYCLES));
    set_real(record, "overhead_cycles_per_passage", there, figure_of(result, OVERHEAD));
    set_real(record, "transactions_per_passage", there,
             figure_of(result, TRANSACTIONS_EACH));
    set_bounded(record, "rmr_cc_per_passage", there, figure_of(result, RMR_CC));
    set_bounded(record, "rmr_dsm_per_passage", there, figure_of(result, RMR_DSM));
    set_distribution(record, "waiting_cycles", there, &result->waiting);
    set_count(record, "waiting_unfinished", of_lock, result->unfinished);
    set_real(record, "waiting_beyond", of_lock, result->waiting.beyond);
    set_side(record, "read", of_rwlock, &result->waiting_of[READING]);
    set_side(record, "write", of_rwlock, &result->waiting_of[WRITING]);
    set_distribution(record, "handover_cycles", of_lock && !of_rwlock, &result->handover);
    set_distribution(record, "holding_cycles", of_lock, &result->holding);
    set_distribution(record, "release_cycles", of_lock, &result->release);
    set_fairness(record, of_lock, result);
    set_count(record, "period", of_lock && result->period > 0, result->period);
}

static void set_growth(json_t *record, const struct series *grown)
{
    static const char *const names[GROWING] = {[CYCLES] = "cycles",
                                               [TRANSACTIONS_EACH] = "transactions",
                                               [RMR_CC] = "rmr_cc",
                                               [RMR_DSM] = "rmr_dsm"};
    json_t *growths = json_object();
    for (int i = 0; i < GROWING; i++) {
        struct growing growing = {.unbounded = false};
        if (grown != NULL) {
            growing = growth_of(grown, (enum figure)i);
        }
        set_text(growths, names[i], grown != NULL, growing_name(&growing));
    }
    set(record, "growth", growths);
}

void record_print(const struct options *options, const struct result *result,
                  const struct series *grown)
{
    json_t *record = record_begin(&command_line, build_instrumented_flags);
    set_run(record, options, result);
    set_counts(record, result);
    set_passages(record, result);
    set_growth(record, grown);
    record_write(vm_out, (enum format)options->format, record);
}

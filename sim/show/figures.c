/* SPDX-License-Identifier: MIT */
#include "sim/show/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

const char *scenario_name(enum scenario scenario)
{
    static const char *const names[] = {[LATENCY] = "latency",
                                        [QUEUE] = "queue",
                                        [STEADY] = "steady",
                                        [PROGRAM] = "program"};
    return names[scenario];
}

const char *figure_kind(const struct result *result)
{
    static const char *const kinds[] = {
        [OWN_LOCK] = "lock", [OWN_RWLOCK] = "rwlock", [OWN_BARRIER] = "barrier"};
    return result->scenario == PROGRAM ? "program" : kinds[result->family];
}

double figure_each(const struct result *result, double total)
{
    if (result->scenario == PROGRAM) {
        return total;
    }
    return result->passages > 0 ? total / (double)result->passages : NAN;
}

bool is_known(const struct distribution *distribution)
{
    return distribution->count > 0 || distribution->beyond > 0;
}

static double mean_of(const struct distribution *distribution)
{
    return is_known(distribution) ? distribution->mean : NAN;
}

static double p99_of(const struct distribution *distribution)
{
    return is_known(distribution) ? (double)distribution->p99 : NAN;
}

static double percent(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : NAN;
}

static double cycles_each(const struct result *result)
{
    if (result->scenario == LATENCY) { /* processors that take turns work in between */
        return mean_of(&result->waiting) + mean_of(&result->release);
    }
    return figure_each(result, (double)result->cycles);
}

static double busy_percent(const struct result *result)
{
    const double busy_parts[] = {[SMP] = result->bus,
                                 [DANCEHALL] = result->busiest_module,
                                 [NUMA] =
                                     fmax(result->busiest_link, result->busiest_module)};
    return 100 * busy_parts[result->machine->structure];
}

static double overhead_each(const struct result *result)
{
    if (result->scenario == PROGRAM ||
        (result->family == OWN_RWLOCK && result->scenario != LATENCY)) {
        return NAN;
    }
    if (result->family == OWN_BARRIER) {
        return cycles_each(result) - (double)result->outside;
    }
    return result->scenario == LATENCY
               ? cycles_each(result)
               : figure_each(result, (double)result->cycles - (double)result->worked -
                                         (double)result->idle);
}

bool figure_is_bound(const struct result *result, enum figure figure)
{
    const double notable = 0.005; /* for the mean, which all waits share */
    const struct distribution *reads = &result->waiting_of[READING];
    const struct distribution *writes = &result->waiting_of[WRITING];
    switch (figure) {
    case WAITING_MEAN:
        return result->waiting.beyond >= notable;
    case WAITING_MEDIAN:
        return result->waiting.beyond > 0.5;
    case WAITING_P99:
        return result->waiting.beyond > 0.01;
    case READING_MEAN:
        return reads->beyond >= notable;
    case READING_P99:
        return reads->beyond > 0.01;
    case WRITING_MEAN:
        return writes->beyond >= notable;
    case WRITING_P99:
        return writes->beyond > 0.01;
    default:
        return false;
    }
}

double figure_of(const struct result *result, enum figure figure)
{
    const struct counts *counted = &result->counts;
    switch (figure) {
    case CYCLES:
        return cycles_each(result);
    case TRANSACTIONS_EACH:
        return figure_each(result, (double)counts_transactions(counted));
    case RMR_CC:
        return counted->spins_cc ? INFINITY
                                 : figure_each(result, (double)counted->rmr_cc);
    case RMR_DSM:
        return counted->spins_dsm ? INFINITY
                                  : figure_each(result, (double)counted->rmr_dsm);
    case LOCKING:
    case WAITING_MEAN:
        return mean_of(&result->waiting);
    case UNLOCKING:
        return mean_of(&result->release);
    case WAITING_MEDIAN:
        return is_known(&result->waiting) ? (double)result->waiting.median : NAN;
    case WAITING_P99:
        return p99_of(&result->waiting);
    case READING_MEAN:
        return mean_of(&result->waiting_of[READING]);
    case READING_P99:
        return p99_of(&result->waiting_of[READING]);
    case WRITING_MEAN:
        return mean_of(&result->waiting_of[WRITING]);
    case WRITING_P99:
        return p99_of(&result->waiting_of[WRITING]);
    case HANDOVER:
        return mean_of(&result->handover);
    case TRANSACTIONS_ALL:
        return (double)counts_transactions(counted);
    case ACCESSES:
        return (double)counted->accesses;
    case HITS:
        return percent((double)counted->hits, (double)counted->accesses);
    case OVERHEAD:
        return overhead_each(result);
    case PASSAGES:
        return (double)result->passages;
    case NEVER_IN:
        return result->passages > 0 ? (double)result->never : NAN;
    case FAIRNESS:
        return result->passages > 0 ? result->fairness : NAN;
    default:
        return busy_percent(result);
    }
}

/* --- series ------------------------------------------------------------------------- */

struct series *series;
size_t series_count;

bool same_primitive(const struct result *one, const struct result *other)
{
    return strcmp(one->primitive, other->primitive) == 0 && one->family == other->family;
}

/* Directories serve lines one beside the other: there the busiest says nothing of all. */
static double load_of(const struct result *result)
{
    const struct machine *on = result->machine;
    return on->structure == SMP        ? result->bus
           : on->protocol == NO_CACHES ? result->busiest_module
                                       : 0;
}

void series_add(const struct result *result)
{
    if (series_count == 0 || !same_primitive(&series[series_count - 1].largest, result)) {
        series = sure(realloc(series, (series_count + 1) * sizeof *series));
        series[series_count++] = (struct series){.largest = *result};
    }
    struct series *last = &series[series_count - 1];
    if (result->processors > last->largest.processors) {
        last->largest = *result;
    }
    if (!result->interrupted && last->count < MOST_SIZES) {
        last->processors[last->count] = result->processors;
        last->loads[last->count] = load_of(result);
        for (int i = 0; i < GROWING; i++) {
            last->figures[i][last->count] = figure_of(result, (enum figure)i);
        }
        last->count++;
    }
}

static const double SATURATED = 0.95;

/* Cycles change as soon as the bus is loaded in another way; what is counted changes when
   who waits for the bus makes others wait. */
static struct fit fit_figure(const struct series *of, enum figure figure)
{
    double loads[MOST_SIZES];
    for (unsigned i = 0; i < of->count; i++) {
        loads[i] = figure == CYCLES ? of->loads[i] : of->loads[i] >= SATURATED;
    }
    return fit_growth((struct series_points){.count = of->count,
                                             .processors = of->processors,
                                             .values = of->figures[figure],
                                             .loads = loads});
}

/* A bus that does one transaction at a time takes as long as there are transactions,
   sooner or later if they grow, and now if it is saturated. So their law is that of
   cycles, too, which take longer to settle. */
static bool follows_transactions(const struct series *of, enum growth transactions)
{
    unsigned last = 0;
    for (unsigned i = 1; i < of->count; i++) {
        last = of->processors[i] > of->processors[last] ? i : last;
    }
    return of->largest.machine->structure == SMP && transactions < GROWTHS &&
           (transactions != CONSTANT || of->loads[last] >= SATURATED);
}

struct growing growth_of(const struct series *of, enum figure figure)
{
    for (unsigned i = 0; i < of->count; i++) {
        if (isinf(of->figures[figure][i])) {
            return (struct growing){.unbounded = true};
        }
    }
    struct growing growing = {.fit = fit_figure(of, figure)};
    if (figure == CYCLES) {
        enum growth transactions = fit_figure(of, TRANSACTIONS_EACH).growth;
        if (follows_transactions(of, transactions)) {
            growing.fit = fit_law((struct series_points){.count = of->count,
                                                         .processors = of->processors,
                                                         .values = of->figures[CYCLES]},
                                  transactions);
        }
    }
    return growing;
}

const char *growing_name(const struct growing *growing)
{
    return growing->unbounded ? "unbounded" : growth_name(growing->fit.growth);
}

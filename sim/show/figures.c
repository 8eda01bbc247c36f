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
    return result->scenario == PROGRAM ? "program"
           : result->is_barrier        ? "barrier"
                                       : "lock";
}

double figure_each(const struct result *result, double total)
{
    if (result->scenario == PROGRAM) {
        return total;
    }
    return result->passages > 0 ? total / (double)result->passages : NAN;
}

static double mean_of(const struct distribution *distribution)
{
    return distribution->count > 0 ? distribution->mean : NAN;
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
        return result->waiting.count > 0 ? (double)result->waiting.median : NAN;
    case WAITING_P99:
        return result->waiting.count > 0 ? (double)result->waiting.p99 : NAN;
    case HANDOVER:
        return mean_of(&result->handover);
    case TRANSACTIONS_ALL:
        return (double)counts_transactions(counted);
    case ACCESSES:
        return (double)counted->accesses;
    case HITS:
        return percent((double)counted->hits, (double)counted->accesses);
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
    return strcmp(one->primitive, other->primitive) == 0 &&
           one->is_barrier == other->is_barrier;
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
        for (int i = 0; i < GROWING; i++) {
            last->figures[i][last->count] = figure_of(result, (enum figure)i);
        }
        last->count++;
    }
}

/* P log P is none of the growths that are fitted, but is P times one of them. */
struct growing growth_of(const struct series *of, enum figure figure)
{
    const double *values = of->figures[figure];
    double parts[MOST_SIZES];
    struct growing growing = {.unbounded = false};
    for (unsigned i = 0; i < of->count; i++) {
        growing.unbounded |= isinf(values[i]);
        parts[i] = values[i] / of->processors[i];
    }
    if (!growing.unbounded) {
        growing.fit = fit_growth(of->processors, values, of->count);
        struct fit part = fit_growth(of->processors, parts, of->count);
        if (part.known && part.growth == LOGARITHMIC &&
            (!growing.fit.known || 2 * part.error < growing.fit.error)) {
            growing.fit = part;
            growing.for_each = true;
        }
    }
    return growing;
}

const char *growing_name(const struct growing *growing)
{
    return growing->unbounded    ? "unbounded"
           : !growing->fit.known ? "not known"
           : growing->for_each   ? "P log P"
                                 : growth_name(growing->fit.growth);
}

/* SPDX-License-Identifier: MIT */
#include "sim/show/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/text.h"
#include "sim/show/figures.h"
#include "virtual/program/tool.h"

/* --- cells -------------------------------------------------------------------------- */

enum { NAME_WIDTH = 15, COUNT_WIDTH = 5 };

/* A program's without the directories that it lies in. */
static const char *name_of(const struct result *result)
{
    const char *slash = strrchr(result->primitive, '/');
    return slash == NULL ? result->primitive : slash + 1;
}

static void put_right(int width, const char *text)
{
    text_right(vm_out, (unsigned)width + 2, text);
}

static void put_left(int width, const char *text)
{
    (void)fputs("  ", vm_out);
    text_left(vm_out, (unsigned)width, text);
}

static void put_number(int width, double value, int decimals)
{
    char text[64] = "-";
    if (isinf(value)) {
        (void)snprintf(text, sizeof text, "unbounded");
    } else if (!isnan(value)) {
        (void)snprintf(text, sizeof text, "%.*f", decimals, value);
    }
    put_right(width, text);
}

struct column {
    const char *heading[2];
    enum figure figure;
    int width, decimals;
};

static const struct column latency_columns[] = {
    {{"lock and", "unlock"}, CYCLES, 8, 1},
    {{"", "lock"}, LOCKING, 8, 1},
    {{"", "unlock"}, UNLOCKING, 8, 1},
    {{"trans-", "actions"}, TRANSACTIONS_EACH, 8, 2},
    {{"references", "coherent"}, RMR_CC, 10, 2},
    {{"references", "distrib."}, RMR_DSM, 10, 2},
    {{NULL, NULL}, CYCLES, 0, 0},
};

static const struct column queue_columns[] = {
    {{"", "cycles"}, CYCLES, 8, 1},
    {{"waiting", "mean"}, WAITING_MEAN, 10, 1},
    {{"hand-", "over"}, HANDOVER, 8, 1},
    {{"transac-", "tions"}, TRANSACTIONS_ALL, 9, 0},
    {{"", "each"}, TRANSACTIONS_EACH, 8, 2},
    {{"references", "coherent"}, RMR_CC, 10, 2},
    {{"references", "distrib."}, RMR_DSM, 10, 2},
    {{NULL, "used %"}, BUSY, 6, 0},
    {{NULL, NULL}, CYCLES, 0, 0},
};

static const struct column steady_columns[] = {
    {{"", "cycles"}, CYCLES, 7, 1},
    {{"waiting", "mean"}, WAITING_MEAN, 9, 1},
    {{"waiting", "median"}, WAITING_MEDIAN, 7, 0},
    {{"waiting", "99 %"}, WAITING_P99, 8, 0},
    {{"hand-", "over"}, HANDOVER, 7, 1},
    {{"trans-", "actions"}, TRANSACTIONS_EACH, 7, 2},
    {{"references", "coherent"}, RMR_CC, 10, 2},
    {{"references", "distrib."}, RMR_DSM, 10, 2},
    {{"Jain's", "index"}, FAIRNESS, 6, 3},
    {{NULL, "used %"}, BUSY, 6, 0},
    {{NULL, NULL}, CYCLES, 0, 0},
};

static const struct column barrier_columns[] = {
    {{"", "cycles"}, CYCLES, 9, 1},
    {{"waiting", "mean"}, WAITING_MEAN, 10, 1},
    {{"waiting", "median"}, WAITING_MEDIAN, 8, 0},
    {{"waiting", "99 %"}, WAITING_P99, 8, 0},
    {{"trans-", "actions"}, TRANSACTIONS_EACH, 9, 2},
    {{"references", "coherent"}, RMR_CC, 10, 2},
    {{"references", "distrib."}, RMR_DSM, 10, 2},
    {{NULL, "used %"}, BUSY, 6, 0},
    {{NULL, NULL}, CYCLES, 0, 0},
};

static const struct column program_columns[] = {
    {{"", "cycles"}, CYCLES, 11, 0},
    {{"", "accesses"}, ACCESSES, 11, 0},
    {{"", "hits %"}, HITS, 6, 1},
    {{"transac-", "tions"}, TRANSACTIONS_EACH, 10, 0},
    {{"references", "coherent"}, RMR_CC, 10, 0},
    {{"references", "distrib."}, RMR_DSM, 10, 0},
    {{NULL, "used %"}, BUSY, 6, 0},
    {{NULL, NULL}, CYCLES, 0, 0},
};

static const struct column *columns_of(const struct result *result)
{
    static const struct column *const of_scenario[] = {[LATENCY] = latency_columns,
                                                       [QUEUE] = queue_columns,
                                                       [STEADY] = steady_columns,
                                                       [PROGRAM] = program_columns};
    return result->is_barrier ? barrier_columns : of_scenario[result->scenario];
}

/* --- rows --------------------------------------------------------------------------- */

void table_begin(const struct options *options)
{
    const struct machine *on = &options->machine;
    (void)fprintf(vm_out, "locksim %s on %s: %s\n", LOCKSTEP_VERSION, on->name,
                  on->summary);
    (void)fprintf(vm_out, "structure %s; protocol %s", structure_names[on->structure],
                  protocol_names[on->protocol]);
    if (on->structure == SMP) {
        (void)fprintf(vm_out, "; arbitration %s", arbitration_names[on->arbitration]);
    }
    (void)fprintf(vm_out, "; seed %" PRIu64 "\n", options->seed);
    (void)fputs("times are in cycles; references are remote memory references, by the "
                "cache-coherent\nand by the distributed-memory rule\n",
                vm_out);
}

/* What is not the same for all runs: it depends on the kind, and on the processors. */
static void put_work(const struct options *options, const struct result *result)
{
    const char *separator = "";
    if (!result->is_barrier) {
        if (options->scenario == QUEUE && !options->inside_given) {
            (void)fputs("critical sections long enough for all to settle", vm_out);
        } else {
            (void)fprintf(vm_out, "critical sections of %" PRIu64, result->inside);
        }
        if (options->data > 0) {
            (void)fprintf(vm_out, " and %u line%s of data", options->data,
                          options->data == 1 ? "" : "s");
        }
        separator = ", ";
    }
    (void)fprintf(vm_out, "%s%" PRIu64 " outside%s\n", separator, result->outside,
                  options->arrival == RANDOM_ARRIVAL ? " on average" : "");
}

static void table_heading(const struct options *options, const struct result *result)
{
    static const char *const of_lock[] = {
        [LATENCY] =
            "Locks, latency: processors take turns at a free lock; an acquisition",
        [QUEUE] = "Locks, queue: each processor acquires once, behind the first",
        [STEADY] = "Locks, steady: the middle of a long run; an acquisition",
        [PROGRAM] = "Program: the whole run"};
    static const char *const of_barrier[] = {
        [QUEUE] = "Barriers, queue: the first episode, from cold caches",
        [STEADY] = "Barriers, steady: the middle of a long run; an episode"};
    static const char *const resources[] = {
        [SMP] = "bus", [DANCEHALL] = "module", [NUMA] = "busiest"};
    (void)fprintf(vm_out, "\n%s\n",
                  (result->is_barrier ? of_barrier : of_lock)[result->scenario]);
    if (result->scenario != PROGRAM) {
        put_work(options, result);
    }
    (void)fputc('\n', vm_out);
    for (int line = 0; line < 2; line++) {
        (void)fprintf(vm_out, "%-*s%*s", NAME_WIDTH, line == 0 ? "" : figure_kind(result),
                      COUNT_WIDTH, line == 0 ? "" : "P");
        for (const struct column *column = columns_of(result); column->width > 0;
             column++) {
            const char *text = column->heading[line];
            put_right(column->width,
                      text != NULL ? text : resources[result->machine->structure]);
        }
        (void)fputc('\n', vm_out);
    }
}

void table_row(const struct options *options, const struct result *result,
               const struct result *before)
{
    if (before == NULL || before->is_barrier != result->is_barrier) {
        table_heading(options, result);
    } else if (!same_primitive(before, result) && series[0].count > 1) {
        (void)fputc('\n', vm_out);
    }
    (void)fprintf(vm_out, "%-*s%*u", NAME_WIDTH, name_of(result), COUNT_WIDTH,
                  result->processors);
    for (const struct column *column = columns_of(result); column->width > 0; column++) {
        put_number(column->width, figure_of(result, column->figure), column->decimals);
    }
    (void)fputs(result->interrupted ? "  interrupted\n" : "\n", vm_out);
}

/* --- traffic ------------------------------------------------------------------------ */

/* Counts by name, of what a machine moves; the first TRANSACTIONS are by kind. */
enum { FROM_CACHE = TRANSACTIONS, INVALIDATIONS, UPDATES, WORDS, MESSAGES, TRAFFIC };

static uint64_t traffic_of(const struct counts *counted, int which)
{
    switch (which) {
    case FROM_CACHE:
        return counted->from_cache;
    case INVALIDATIONS:
        return counted->invalidations;
    case UPDATES:
        return counted->updates;
    case WORDS:
        return counted->words;
    case MESSAGES:
        return counted->messages;
    default:
        return counted->transactions[which];
    }
}

static const char *const traffic_headings[TRAFFIC][2] = {
    [BUS_READ] = {"", "read"},
    [BUS_READ_EXCLUSIVE] = {"read", "exclusive"},
    [BUS_UPGRADE] = {"", "upgrade"},
    [BUS_UPDATE] = {"", "update"},
    [BUS_WRITE_BACK] = {"write", "back"},
    [REMOTE_READ] = {"remote", "read"},
    [REMOTE_WRITE] = {"remote", "write"},
    [REMOTE_MODIFY] = {"remote", "modify"},
    [FROM_CACHE] = {"from other", "cache"},
    [INVALIDATIONS] = {"copies in-", "validated"},
    [UPDATES] = {"copies", "updated"},
    [WORDS] = {"words", "moved"},
    [MESSAGES] = {"network", "messages"},
};
enum { TRAFFIC_WIDTH = 10 };

/* The primitives from `first` on that are of its kind; which counts any of them has. */
static size_t find_traffic(size_t first, bool occurs[TRAFFIC])
{
    size_t end = first;
    while (end < series_count &&
           series[end].largest.is_barrier == series[first].largest.is_barrier) {
        for (int i = 0; i < TRAFFIC; i++) {
            occurs[i] |= traffic_of(&series[end].largest.counts, i) > 0;
        }
        end++;
    }
    return end;
}

static void traffic_heading(const struct result *result, const bool occurs[TRAFFIC])
{
    static const char *const of[] = {"an acquisition", "an episode"};
    (void)fprintf(vm_out, "\nTraffic of %s, %u processor%s: transactions by kind%s\n\n",
                  result->scenario == PROGRAM ? "the whole run" : of[result->is_barrier],
                  result->processors, result->processors == 1 ? "" : "s",
                  result->machine->structure == DANCEHALL ? "" : ", and what they do");
    for (int line = 0; line < 2; line++) {
        (void)fprintf(vm_out, "%-*s", NAME_WIDTH, line == 0 ? "" : figure_kind(result));
        for (int i = 0; i < TRAFFIC; i++) {
            if (occurs[i]) {
                put_right(TRAFFIC_WIDTH, traffic_headings[i][line]);
            }
        }
        (void)fputc('\n', vm_out);
    }
}

static bool any_of(const bool occurs[TRAFFIC])
{
    for (int i = 0; i < TRAFFIC; i++) {
        if (occurs[i]) {
            return true;
        }
    }
    return false;
}

static size_t table_traffic(size_t first)
{
    bool occurs[TRAFFIC] = {false};
    size_t end = find_traffic(first, occurs);
    if (!any_of(occurs)) {
        return end;
    }
    traffic_heading(&series[first].largest, occurs);
    for (size_t i = first; i < end; i++) {
        const struct result *result = &series[i].largest;
        (void)fprintf(vm_out, "%-*s", NAME_WIDTH, name_of(result));
        for (int j = 0; j < TRAFFIC; j++) {
            if (occurs[j]) {
                put_number(TRAFFIC_WIDTH,
                           figure_each(result, (double)traffic_of(&result->counts, j)),
                           result->scenario == PROGRAM ? 0 : 2);
            }
        }
        (void)fputc('\n', vm_out);
    }
    return end;
}

/* --- growth ------------------------------------------------------------------------- */

/* Three digits at least, and no more decimals than that takes. */
static int decimals_of(double value)
{
    value = fabs(value);
    return value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
}

/* "1.50 P − 2.00 (0.1 %)" */
static void describe_growth(const struct growing *growing, char *text, size_t size)
{
    const struct fit *fit = &growing->fit;
    const char *name = growing_name(growing);
    text[0] = '\0';
    if (growing->unbounded || !fit->known) {
        text_append(text, size, "%s", name);
        return;
    }
    if (fit->growth == CONSTANT) {
        text_append(text, size, "constant %.*f", decimals_of(fit->offset), fit->offset);
    } else {
        text_append(text, size, "%.*f %s",
                    fit->factor < 0.1 ? 3 : decimals_of(fit->factor), fit->factor, name);
        if (fabs(fit->offset) >= 0.005) {
            text_append(text, size, " %s %.*f%s", fit->offset < 0 ? "−" : "+",
                        decimals_of(fit->offset), fabs(fit->offset),
                        growing->for_each ? " P" : "");
        }
    }
    text_append(text, size, " (%.1f %%)", 100 * fit->error);
}

enum { GROWTH_WIDTH = 25 };

static void table_growth(void)
{
    static const char *const headings[GROWING] = {[CYCLES] = "cycles",
                                                  [TRANSACTIONS_EACH] = "transactions",
                                                  [RMR_CC] = "references, coherent",
                                                  [RMR_DSM] = "references, distributed"};
    (void)fputs("\nGrowth with P from 2 on, for many processors; in brackets the error "
                "of the fit\n\n",
                vm_out);
    (void)fprintf(vm_out, "%-*s", NAME_WIDTH, "");
    for (int i = 0; i < GROWING; i++) {
        put_left(i + 1 < GROWING ? GROWTH_WIDTH : 0, headings[i]);
    }
    (void)fputc('\n', vm_out);
    for (size_t i = 0; i < series_count; i++) {
        (void)fprintf(vm_out, "%-*s", NAME_WIDTH, name_of(&series[i].largest));
        for (int j = 0; j < GROWING; j++) {
            char text[96];
            struct growing growing = growth_of(&series[i], (enum figure)j);
            describe_growth(&growing, text, sizeof text);
            put_left(j + 1 < GROWING ? GROWTH_WIDTH : 0, text);
        }
        (void)fputc('\n', vm_out);
    }
}

void table_end(const struct options *options)
{
    for (size_t i = 0; i < series_count;) {
        i = table_traffic(i);
    }
    unsigned sizes = 0; /* that a fit is made of */
    for (unsigned i = 0; i < options->size_count; i++) {
        sizes += options->sizes[i] > 1;
    }
    if (sizes >= LEAST_SIZES && series_count > 0) {
        table_growth();
    }
}

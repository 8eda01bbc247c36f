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
    return last_part(result->primitive);
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

/* `before` the number: "≥ ", or nothing. */
static void put_number(int width, const char *before, double value, int decimals)
{
    char text[64] = "-";
    if (isinf(value)) {
        (void)snprintf(text, sizeof text, "unbounded");
    } else if (!isnan(value)) {
        (void)snprintf(text, sizeof text, "%s%.*f", before, decimals, value);
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
    {{"over-", "head"}, OVERHEAD, 8, 1},
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
    {{"over-", "head"}, OVERHEAD, 7, 1},
    {{"waiting", "mean"}, WAITING_MEAN, 10, 1},
    {{"waiting", "median"}, WAITING_MEDIAN, 7, 0},
    {{"waiting", "99 %"}, WAITING_P99, 9, 0},
    {{"hand-", "over"}, HANDOVER, 7, 1},
    {{"trans-", "actions"}, TRANSACTIONS_EACH, 7, 2},
    {{"references", "coherent"}, RMR_CC, 10, 2},
    {{"references", "distrib."}, RMR_DSM, 10, 2},
    {{"acqui-", "sitions"}, PASSAGES, 7, 0},
    {{"Jain's", "index"}, FAIRNESS, 6, 3},
    {{"never", "in"}, NEVER_IN, 5, 0},
    {{NULL, "used %"}, BUSY, 6, 0},
    {{NULL, NULL}, CYCLES, 0, 0},
};

/* Without overhead and hand-over: of several inside at once, none is the one that works,
   or that hands over. */
static const struct column rwlock_columns[] = {
    {{"", "cycles"}, CYCLES, 7, 1},
    {{"readers'", "mean"}, READING_MEAN, 9, 1},
    {{"waiting", "99 %"}, READING_P99, 8, 0},
    {{"writers'", "mean"}, WRITING_MEAN, 10, 1},
    {{"waiting", "99 %"}, WRITING_P99, 9, 0},
    {{"trans-", "actions"}, TRANSACTIONS_EACH, 7, 2},
    {{"references", "coherent"}, RMR_CC, 10, 2},
    {{"references", "distrib."}, RMR_DSM, 10, 2},
    {{"acqui-", "sitions"}, PASSAGES, 7, 0},
    {{"Jain's", "index"}, FAIRNESS, 6, 3},
    {{"never", "in"}, NEVER_IN, 5, 0},
    {{NULL, "used %"}, BUSY, 6, 0},
    {{NULL, NULL}, CYCLES, 0, 0},
};

/* Each gets in once, behind long sections: cycles are many. */
static const struct column rwlock_queue_columns[] = {
    {{"", "cycles"}, CYCLES, 10, 1},
    {{"readers'", "mean"}, READING_MEAN, 12, 1},
    {{"waiting", "99 %"}, READING_P99, 11, 0},
    {{"writers'", "mean"}, WRITING_MEAN, 12, 1},
    {{"waiting", "99 %"}, WRITING_P99, 11, 0},
    {{"trans-", "actions"}, TRANSACTIONS_EACH, 7, 2},
    {{"references", "coherent"}, RMR_CC, 10, 2},
    {{"references", "distrib."}, RMR_DSM, 10, 2},
    {{NULL, "used %"}, BUSY, 6, 0},
    {{NULL, NULL}, CYCLES, 0, 0},
};

static const struct column barrier_columns[] = {
    {{"", "cycles"}, CYCLES, 9, 1},
    {{"over-", "head"}, OVERHEAD, 9, 1},
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
    static const struct column *const of_rwlock[] = {[LATENCY] = latency_columns,
                                                     [QUEUE] = rwlock_queue_columns,
                                                     [STEADY] = rwlock_columns,
                                                     [PROGRAM] = program_columns};
    return result->family == OWN_BARRIER  ? barrier_columns
           : result->family == OWN_RWLOCK ? of_rwlock[result->scenario]
                                          : of_scenario[result->scenario];
}

/* --- rows --------------------------------------------------------------------------- */

void table_begin(const struct options *options)
{
    const struct machine *on = &options->machine;
    (void)fprintf(vm_out, "locksim %s on %s%s%s\n", LOCKSTEP_VERSION, on->name,
                  options->changed != NULL ? ", changed: " : ": ",
                  options->changed != NULL ? options->changed : on->summary);
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
    if (result->family != OWN_BARRIER) {
        if (options->scenario == QUEUE && !options->inside_given) {
            (void)fputs("critical sections long enough for all to settle", vm_out);
        } else {
            (void)fprintf(vm_out, "critical sections of %" PRIu64, result->inside);
        }
        if (result->data > 0) {
            (void)fprintf(vm_out, " and %u line%s of data", result->data,
                          result->data == 1 ? "" : "s");
        }
        separator = ", ";
    }
    static const char *const arrivals[] = {[FIXED_ARRIVAL] = "",
                                           [VARIED_ARRIVAL] =
                                               ", more or less by a quarter",
                                           [RANDOM_ARRIVAL] = " on average"};
    (void)fprintf(vm_out, "%s%" PRIu64 " outside%s\n", separator, result->outside,
                  result->outside > 0 ? arrivals[options->arrival] : "");
    if (result->family == OWN_BARRIER) {
        (void)fputs("overhead is cycles without the work outside\n", vm_out);
    } else if (result->family == OWN_RWLOCK) {
        (void)fprintf(vm_out, "%g %% of the %s write, the others read%s\n",
                      result->writes,
                      result->scenario == QUEUE ? "others" : "acquisitions",
                      result->scenario == LATENCY
                          ? ""
                          : "; cycles are those of the run,\ndivided by all "
                            "acquisitions, of which many overlap");
    } else if (result->scenario != LATENCY) {
        (void)fputs("cycles are with these sections, and where there is nobody else with "
                    "the work outside;\noverhead is without both\n",
                    vm_out);
    }
}

static void table_heading(const struct options *options, const struct result *result)
{
    static const char *const of_lock[] = {
        [LATENCY] =
            "Locks, latency: processors take turns at a free lock; an acquisition",
        [QUEUE] = "Locks, queue: each processor acquires once, behind the first",
        [STEADY] = "Locks, steady: the middle of a long run; an acquisition",
        [PROGRAM] = "Program: the whole run"};
    static const char *const of_rwlock[] = {
        [LATENCY] = "Reader-writer locks, latency: processors take turns at a free lock; "
                    "an acquisition",
        [QUEUE] = "Reader-writer locks, queue: each processor acquires once, behind a "
                  "writer",
        [STEADY] =
            "Reader-writer locks, steady: the middle of a long run; an acquisition"};
    static const char *const of_barrier[] = {
        [QUEUE] = "Barriers, queue: the first episode, from cold caches",
        [STEADY] = "Barriers, steady: the middle of a long run; an episode"};
    static const char *const resources[] = {
        [SMP] = "bus", [DANCEHALL] = "module", [NUMA] = "busiest"};
    static const char *const *const headings[] = {
        [OWN_LOCK] = of_lock, [OWN_RWLOCK] = of_rwlock, [OWN_BARRIER] = of_barrier};
    (void)fprintf(vm_out, "\n%s\n", headings[result->family][result->scenario]);
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
    if (before == NULL || before->family != result->family) {
        table_heading(options, result);
    } else if (!same_primitive(before, result) && series[0].count > 1) {
        (void)fputc('\n', vm_out);
    }
    (void)fprintf(vm_out, "%-*s%*u", NAME_WIDTH, name_of(result), COUNT_WIDTH,
                  result->processors);
    for (const struct column *column = columns_of(result); column->width > 0; column++) {
        put_number(column->width, figure_is_bound(result, column->figure) ? "≥ " : "",
                   figure_of(result, column->figure), column->decimals);
    }
    (void)fputs(result->period > 0 && result->processors > 1 ? "  periodic" : "", vm_out);
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
           series[end].largest.family == series[first].largest.family) {
        for (int i = 0; i < TRAFFIC; i++) {
            occurs[i] |= traffic_of(&series[end].largest.counts, i) > 0;
        }
        end++;
    }
    return end;
}

static void traffic_heading(const struct result *result, const bool occurs[TRAFFIC])
{
    (void)fprintf(vm_out, "\nTraffic of %s, %u processor%s: transactions by kind%s\n\n",
                  result->scenario == PROGRAM     ? "the whole run"
                  : result->family == OWN_BARRIER ? "an episode"
                                                  : "an acquisition",
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
                put_number(TRAFFIC_WIDTH, "",
                           figure_each(result, (double)traffic_of(&result->counts, j)),
                           result->scenario == PROGRAM ? 0 : 2);
            }
        }
        (void)fputc('\n', vm_out);
    }
    return end;
}

/* --- growth ------------------------------------------------------------------------- */

enum { GROWTH_WIDTH = 42 };

/* Two figures beside each other. */
static void growth_of_two(enum figure one, enum figure other)
{
    static const char *const headings[GROWING] = {[CYCLES] = "cycles",
                                                  [TRANSACTIONS_EACH] = "transactions",
                                                  [RMR_CC] = "references, coherent",
                                                  [RMR_DSM] = "references, distributed"};
    (void)fprintf(vm_out, "\n%-*s", NAME_WIDTH, "");
    put_left(GROWTH_WIDTH, headings[one]);
    put_left(0, headings[other]);
    (void)fputc('\n', vm_out);
    for (size_t i = 0; i < series_count; i++) {
        (void)fprintf(vm_out, "%-*s", NAME_WIDTH, name_of(&series[i].largest));
        for (int j = 0; j < 2; j++) {
            char text[128] = "unbounded";
            struct growing growing = growth_of(&series[i], j == 0 ? one : other);
            if (!growing.unbounded) {
                fit_describe(&growing.fit, text, sizeof text);
            }
            put_left(j == 0 ? GROWTH_WIDTH : 0, text);
        }
        (void)fputc('\n', vm_out);
    }
}

static void table_growth(void)
{
    (void)fputs(
        "\nGrowth with P from 2 on; log has the base 2. In brackets: the greatest "
        "error, and\nfrom how many processors on that is so, if not from the "
        "first on\n",
        vm_out);
    growth_of_two(CYCLES, TRANSACTIONS_EACH);
    growth_of_two(RMR_CC, RMR_DSM);
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

/* SPDX-License-Identifier: MIT */
/* What is to be said of all that was measured. */
#include "bench/table.h"

#include <lockstep/wait.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/groups.h"
#include "bench/peers.h"
#include "bench/workload.h"
#include "common/text.h"

/* --- before ------------------------------------------------------------------------- */

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

void print_conditions(FILE *file, const struct report *report)
{
    const struct options *options = report->options;
    const struct conditions *conditions = report->conditions;
    char waits[64] = "waits never yield";
    char between[64];
    char locks[256] = "";
    if (options->rate > 0) {
        (void)snprintf(between, sizeof between, "rate %g arrivals a second",
                       options->rate);
    } else {
        (void)snprintf(between, sizeof between, "ncs %g ns", options->outside_ns);
    }
    if (options->lines != NULL) {
        text_append(locks, sizeof locks, ", --cs-lines %s more", options->lines);
    }
    if (options->table > 1) {
        text_append(locks, sizeof locks, "; --table %u, --zipf %g%s", options->table,
                    options->zipf, options->nested ? ", --nested" : "");
    }
    if (options->work != NO_WORK) {
        static const char *const works[] = {
            [BANK] = "bank", [HASH] = "hash", [JACOBI] = "jacobi"};
        text_append(locks, sizeof locks, "; --work %s", works[options->work]);
    }
    if (options->trylock) {
        text_append(locks, sizeof locks, "; --trylock");
    }
    if (lks_spins() != LKS_NEVER_YIELD) {
        (void)snprintf(waits, sizeof waits, "waits first yield after %u tries",
                       lks_spins());
    }
    text_wrapped(file, WIDTH, "lockbench %s on %s", LOCKSTEP_VERSION, report->machine);
    text_wrapped(file, WIDTH,
                 "%.2f GHz; --bind %s; --cs %g ns and two shared lines%s; --%s; %s%s",
                 conditions->clock.cycles_per_ns, options->bind, options->critical_ns,
                 locks, between, options->random ? "--random; " : "", waits);
    char launches[64] = "medians";
    if (report->launches > 1) {
        (void)snprintf(launches, sizeof launches, "medians of %u launches, each's median",
                       report->launches);
    }
    char timed[64] = "each acquisition";
    if (options->rate == 0) {
        (void)snprintf(timed, sizeof timed, "one acquisition in %d", SAMPLE_EVERY);
    }
    text_wrapped(
        file, WIDTH,
        "%s of %u run%s of %.3g ms, or of more where processors move; %s is timed "
        "(a clock read costs %.0f ns, taken off)",
        launches, options->repeat, options->repeat == 1 ? "" : "s",
        (double)conditions->duration_ns / 1e6, timed, conditions->clock.read_ns);
    print_limits(file, report);
}

/* --- after -------------------------------------------------------------------------- */

/* The worst of the disturbed runs that had to count, and how many there are. */
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
        (void)fputc('\n', file);
        text_wrapped(file, WIDTH,
                     "DISTURBED: rows with a ~ are of runs that were not alone, %zu of "
                     "%zu; in the worst %s. Their figures say little.",
                     count, all, why);
    }
    if (report->disturbed > 0) {
        (void)fprintf(file, "\nNot counted, having been disturbed: %u run%s.\n",
                      report->disturbed, report->disturbed == 1 ? "" : "s");
    }
    if (!known) {
        (void)fputc('\n', file);
        text_wrapped(file, WIDTH,
                     "The system does not say (/proc/thread-self/schedstat) whether "
                     "others had a part of the processors.");
    }
}

/* Names with their settings, which a note is about. */
struct list {
    const struct report *report;
    char text[4096];
};

static void add_to_list(struct list *list, const struct group *group)
{
    char setting[64];
    setting_text(setting, sizeof setting, &group->setting);
    text_append(list->text, sizeof list->text, "%s%s with %s",
                list->text[0] != '\0' ? ", " : "", group->name, setting);
}

static bool is_nothing(const struct group *group)
{
    return group->setting.kind == LOCK &&
           strcmp(group->name, platform_peers[0].name) == 0;
}

/* Locks whose threads did not meet. */
static void list_alone(void *context, const struct group *group)
{
    static const double NEARLY_ALL = 0.99;
    struct list *list = context;
    struct spread spread;
    if (group->setting.threads > 1 && !is_nothing(group) &&
        spread_over(list->report, group, metric_of, SAME_THREAD, &spread) > 0 &&
        spread.median >= NEARLY_ALL) {
        add_to_list(list, group);
    }
}

/* Those with runs in which nobody got on. */
static void list_idle(void *context, const struct group *group)
{
    struct list *list = context;
    struct spread spread;
    if (spread_over(list->report, group, metric_of, ACQUISITIONS, &spread) > 0 &&
        spread.min == 0) {
        add_to_list(list, group);
    }
}

/* Locks that did not keep up with the arrivals, though their threads had processors. */
static void list_overloaded(void *context, const struct group *group)
{
    static const double SOME = 0.01;
    struct list *list = context;
    struct spread unserved;
    if (!is_disturbed(list->report, group) &&
        spread_over(list->report, group, metric_of, UNSERVED_SHARE, &unserved) > 0 &&
        unserved.median > SOME) {
        add_to_list(list, group);
    }
}

/* The lock that is none, where that was not seen. */
static void list_unseen(void *context, const struct group *group)
{
    struct list *list = context;
    struct spread lost;
    struct spread overlaps;
    if (is_nothing(group) && group->setting.threads > 1 &&
        spread_over(list->report, group, metric_of, OVERLAPPING, &overlaps) > 0 &&
        spread_over(list->report, group, metric_of, LOST_UPDATES, &lost) > 0 &&
        overlaps.max == 0 && lost.max == 0) {
        add_to_list(list, group);
    }
}

static void list_seen(void *context, const struct group *group)
{
    struct list *list = context;
    struct list unseen = {.report = list->report};
    list_unseen(&unseen, group);
    if (is_nothing(group) && group->setting.threads > 1 && unseen.text[0] == '\0') {
        add_to_list(list, group);
    }
}

static void print_list_of(FILE *file, const struct report *report,
                          void (*which)(void *list, const struct group *group),
                          const char *before, const char *after)
{
    struct list list = {.report = report};
    for_each_group(report, false, which, &list);
    if (list.text[0] != '\0') {
        (void)fputc('\n', file);
        text_wrapped(file, WIDTH, "%s%s%s", before, list.text, after);
    }
}

static void print_broken(FILE *file, const struct report *report)
{
    for (int family = 0; family < FAMILIES; family++) {
        const struct competitors *competitors = &report->options->competitors[family];
        for (unsigned i = 0; i < competitors->count; i++) {
            if (competitors->items[i].broken) {
                (void)fprintf(file,
                              "\nBROKEN: %s. Its figures, if there are any, are worth "
                              "nothing.\n",
                              competitors->items[i].name);
            }
        }
    }
}

static bool is_library_measured(const struct report *report, const char *name)
{
    for (int family = 0; family < FAMILIES; family++) {
        const struct competitors *competitors = &report->options->competitors[family];
        for (unsigned i = 0; i < competitors->count; i++) {
            const char *library = competitors->items[i].library;
            if (library != NULL && strcmp(library, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void print_libraries(FILE *file, const struct report *report)
{
    char text[512] = "";
    size_t length = 0;
    for (const struct peer_library *library = peer_libraries; library->prefix != NULL;
         library++) {
        if (is_library_measured(report, library->name)) {
            length +=
                (size_t)snprintf(text + length, sizeof text - length, "%s%s %s",
                                 length > 0 ? ", " : "", library->prefix, library->name);
        }
    }
    if (length > 0) {
        (void)fputc('\n', file);
        text_wrapped(file, WIDTH, "Of other libraries: %s.", text);
    }
}

void print_notes(FILE *file, const struct report *report)
{
    print_libraries(file, report);
    print_disturbed(file, report);
    print_list_of(file, report, list_alone,
                  "This says nothing about contention, since nearly all entries were by "
                  "the thread that had just left: ",
                  ".");
    print_list_of(file, report, list_overloaded,
                  "Overloaded, as more arrived than were served, so that waits grow with "
                  "the run: ",
                  ".");
    print_list_of(file, report, list_seen, "No lock at all, and found to be broken: ",
                  ". Its figures are what the measuring itself takes.");
    print_list_of(
        file, report, list_unseen, "",
        " was not found to be broken, though it is no lock: the threads did not "
        "meet, and that others were found right says nothing.");
    if (report->unsettled > 0) {
        (void)fprintf(file, "\nNot counted, the processors having moved meanwhile: %u.\n",
                      report->unsettled);
    }
    print_list_of(file, report, list_idle,
                  "In some runs nothing happened: ", "; they need a longer --duration.");
    if (counters_missing() != NULL && report->options->full) {
        (void)fputc('\n', file);
        text_wrapped(file, WIDTH,
                     "Cycles, instructions and cache misses of an acquisition are "
                     "unavailable: %s.",
                     counters_missing());
    }
    print_broken(file, report);
    if (!report->complete) {
        (void)fputs("\nNot complete: the measuring was cut short.\n", file);
    }
}

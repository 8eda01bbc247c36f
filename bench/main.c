/* SPDX-License-Identifier: MIT */
/*
 * lockbench: compares locks, reader-writer locks and barriers on this machine.
 *
 *   options.c      the command line
 *   competitors.c  what can be compared: the catalog, the platform's own (platform.c),
 *                  those of other libraries (peers.c and peers/) and the user's (own.c)
 *   settings.c     what is measured of them, and with how many threads
 *   schedule.c     which runs are made, in which order, and how often
 *   launches.c     all of that several times, in processes that are started anew
 *   apart.c        a process of its own for what a user's lock does: trial.c tries it,
 *                  and each run of it is made so
 *
 *   measure_latency.c, measure_lock.c, measure_rwlock.c, measure_barrier.c
 *                  one run of each kind; measure_transfer.c: the way of a cache line
 *   measure.c      what a run finds out
 *   matrix.c       the way of a cache line between processors, pairs.c of which;
 *                  ping_pong.c
 *   levels.c       how near to each other processors are
 *   company.c      whether a run was alone; presence.c: what the system says of that
 *   counters.c     what the processors and the system count
 *   moments.c      when threads come to a barrier and leave it
 *   team.c         the threads of a run; workload.h what they do, subject.c their lock,
 *                  section.h what it protects, tasks.c real work, choice.c which of many;
 *                  inlined.c free locks without a call; clock.c time; lines.c memory
 *
 *   journal.c      runs that are kept in a file, to go on after an interruption
 *   runs.c         what was measured; statistics.c
 *   report.c       as CSV or JSON, with what machine.c knows of the machine; for people
 *                  look.c at first, table.c with --full, both with notes.c; groups.c: the
 *                  runs that share a median
 *
 *   recommend.c    which one suits; best.c: what is not to be told from the best
 *   compare.c      whether two files of results differ; results.c reads them, fields.c
 *                  what is in a record; in_turn.c: two programs, to be launched in turn
 *   page/          the page of `lockbench report`: page/page.h says what is where
 *
 * What all tools have in common is in common/.
 */
#include "bench/apart.h"
#include "bench/compare.h"
#include "bench/journal.h"
#include "bench/launches.h"
#include "bench/levels.h"
#include "bench/machine.h"
#include "bench/matrix.h"
#include "bench/options.h"
#include "bench/page/page.h"
#include "bench/report.h"
#include "bench/schedule.h"
#include "bench/trial.h"
#include "bench/workload.h"
#include "common/memory.h"
#include "common/tool.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- what to run, and where --- */

/* The number of processors, and but to recommend twice that; with --full first 1, 2, … */
static void default_threads(struct options *options, unsigned processors)
{
    for (unsigned threads = 1; options->full && threads < processors; threads *= 2) {
        numbers_add(&options->threads, threads);
    }
    if (processors > 1 || options->full || options->recommend) {
        numbers_add(&options->threads, processors);
    }
    if (!options->recommend) {
        numbers_add(&options->threads, 2 * processors);
    }
}

static unsigned greatest_of(const struct numbers *numbers)
{
    double greatest = 1;
    for (size_t i = 0; i < numbers->count; i++) {
        greatest = fmax(greatest, numbers->items[i]);
    }
    return (unsigned)greatest;
}

/* Processors for all threads that any run has. */
static unsigned *place_threads(const struct options *options, bool bound,
                               const lks_topology_t *topology)
{
    unsigned count = greatest_of(&options->threads);
    unsigned *processors = calloc(count, sizeof *processors);
    int error = processors == NULL
                    ? ENOMEM
                    : lks_topology_place(topology, bound ? options->bind : "cache",
                                         processors, count);
    if (error == EINVAL) {
        refuse(
            "--bind: '%s' is none of compact, scatter, cache, node, none and no list of "
            "processors such as 0,2,4-7",
            options->bind);
    }
    if (error == ENODEV) {
        refuse("--bind: a processor of '%s' does not exist or may not be used by this "
               "process",
               options->bind);
    }
    if (error != 0) {
        refuse("cannot place threads: %s", strerror(error));
    }
    return processors;
}

/* Nanoseconds of a run. If no duration is given, all runs, with as much again to look for
   mistakes and their warming up, take less than a minute, with --full two, to recommend
   twenty seconds; probes, and runs that are added, take what is left of it, or more. */
static uint64_t duration_of_runs(const struct options *options,
                                 const struct settings *settings)
{
    double milliseconds = options->duration_ms;
    if (milliseconds == 0) {
        unsigned contended = 0;
        for (unsigned i = 0; i < settings->count; i++) {
            const struct kind_facts *facts = &kind_facts[settings->items[i].kind];
            contended += facts->alone ? 0
                                      : options->competitors[facts->family].count *
                                            options->repeat;
        }
        double share = (options->full        ? 90e3
                        : options->recommend ? 15e3
                                             : 45e3) /
                       fmax(1, contended);
        milliseconds = fmin(100, fmax(5, (share - (double)WARM_UP_MS) / 2));
    }
    return (uint64_t)(milliseconds * 1e6);
}

/* --- output --- */

static void print_list(FILE *file)
{
    for (int family = 0; family < FAMILIES; family++) {
        const struct competitors all = all_of((enum family)family);
        (void)fprintf(file, "%s%s:\n", family == 0 ? "" : "\n", family_names[family]);
        for (unsigned i = 0; i < all.count; i++) {
            const char *library = all.items[i].library;
            (void)fprintf(file, "  %-22s %s%s%s\n", all.items[i].name,
                          library != NULL ? library : "", library != NULL ? ": " : "",
                          all.items[i].summary);
        }
    }
}

/* --- all of it --- */

/* A text that no other one that was started has. */
static const char *new_session(void)
{
    static char text[17];
    uint64_t number = 0;
    if (getentropy(&number, sizeof number) != 0) {
        number = clock_now() ^ (uint64_t)getpid() << 32;
    }
    (void)snprintf(text, sizeof text, "%016" PRIx64, number);
    return text;
}

/* Measures what the options ask for, in this process. */
static struct launch measure(struct options *options, const lks_topology_t *topology,
                             struct runs *runs)
{
    bool bound = strcmp(options->bind, "none") != 0;
    unsigned *processors = place_threads(options, bound, topology);
    const struct settings settings = settings_of(options);
    struct launch launch = {
        .conditions = {
            .clock = clock_calibrate(),
            .placement = {.topology = topology, .processors = bound ? processors : NULL},
            .duration_ns = duration_of_runs(options, &settings),
            .critical_ns = options->critical_ns,
            .outside_ns = options->outside_ns,
            .between_ns = options->between_ns,
            .lines_read = options->lines_read,
            .lines_written = options->lines_written,
            .task = options->work == BANK   ? &bank_task
                    : options->work == HASH ? &table_task
                                            : NULL,
            .has_grid = options->work == JACOBI,
            .locks = choice_make(options->table, options->zipf),
            .locks_to_check = choice_make(options->nested ? MOST_HELD : 1, 0),
            .nested = options->nested,
            .by_trying = options->trylock,
            .varies = options->random,
            .rate = options->rate}};
    struct schedule schedule = {.options = options,
                                .settings = &settings,
                                .conditions = &launch.conditions,
                                .processors = processors};
    launch.started = time(NULL);
    journal_begin(options, &launch.started, &launch.conditions.clock);
    catch_interrupt();
    make_all_runs(&schedule);
    launch.unsettled = schedule.unsettled;
    launch.disturbed = schedule.disturbed;
    launch.complete = !must_end(&schedule);
    launch.failed = schedule.failed;
    launch.stuck = schedule.stuck;
    *runs = schedule.runs;
    if (!schedule.stuck) { /* else its threads may use them */
        free(processors);
        choice_free(&launch.conditions.locks);
    }
    return launch;
}

/* Starts all launches. Returns how many have measured something. */
static unsigned make_launches(struct options *options, char **argv,
                              const lks_topology_t *topology, struct launch *launches,
                              struct runs *runs)
{
    unsigned count = 0;
    bool goes_on = true;
    free(place_threads(options, strcmp(options->bind, "none") != 0, topology));
    catch_interrupt();
    while (count < options->launches && goes_on && !is_interrupted()) {
        options->launch = count + 1;
        goes_on = make_launch(options, argv, &launches[count], runs);
        count += goes_on;
        goes_on = goes_on && !launches[count - 1].stuck;
    }
    return count;
}

static struct report new_report(const struct options *options,
                                const struct settings *settings,
                                const lks_topology_t *topology, json_t *machine,
                                const char *session)
{
    double quota = quota_processors();
    return (struct report){.options = options,
                           .settings = settings,
                           .machine = lks_topology_description(topology),
                           .facts = machine,
                           .session = session,
                           .quota = quota,
                           .processors = fmin(lks_topology_processors(topology),
                                              isnan(quota) ? INFINITY : quota)};
}

/* Prints what each launch has found out, for programs. */
static void print_each(FILE *output, struct report *report, const struct launch *launches,
                       unsigned count, const struct runs *runs)
{
    report->launches = 1;
    report->runs = runs->items;
    for (report->launch = 1; report->launch <= count; report->launch++) {
        const struct launch *launch = &launches[report->launch - 1];
        const struct run *end = report->runs;
        while (end < runs->items + runs->count && end->launch == report->launch) {
            end++;
        }
        report->run_count = (size_t)(end - report->runs);
        report->conditions = &launch->conditions;
        report->started = launch->started;
        report->unsettled = launch->unsettled;
        report->disturbed = launch->disturbed;
        report->complete = launch->complete;
        print_report(output, report);
        report->runs = end;
    }
}

/* Prints what all launches have found out together, for people. */
static void print_together(FILE *output, struct report *report,
                           const struct launch *launches, unsigned count,
                           struct runs *runs)
{
    report->launches = count;
    report->conditions = &launches[0].conditions;
    report->started = launches[0].started;
    report->complete = count == report->options->launches;
    report->disturbed = (unsigned)drop_disturbed(runs);
    for (unsigned i = 0; i < count; i++) {
        report->unsettled += launches[i].unsettled;
        report->disturbed += launches[i].disturbed;
        report->complete = report->complete && launches[i].complete;
    }
    report->runs = runs->items;
    report->run_count = runs->count;
    print_report(output, report);
}

static void print_all(const struct options *options, const lks_topology_t *topology,
                      const char *session, const struct launch *launches, unsigned count,
                      struct runs *runs)
{
    FILE *output = output_open(options->output);
    const struct settings settings = settings_of(options);
    json_t *machine = machine_facts();
    struct report report = new_report(options, &settings, topology, machine, session);
    set_distances(runs);
    if (options->format == TABLE) {
        print_together(output, &report, launches, count, runs);
    } else {
        print_each(output, &report, launches, count, runs);
    }
    output_close(output, options->output);
    json_decref(machine);
}

/* Measures what the options ask for, and prints it. Returns the program's status. */
static int compare(struct options *options, char **argv, const lks_topology_t *topology)
{
    struct runs runs = {.count = 0};
    struct launch *launches = zeroed(options->launches, sizeof *launches);
    unsigned count = 1;
    output_check(options->output);
    team_try(greatest_of(&options->threads));
    const char *session =
        journal_open(options, lks_topology_description(topology), new_session());
    if (options->launches > 1) {
        count = make_launches(options, argv, topology, launches, &runs);
    } else {
        launches[0] = measure(options, topology, &runs);
    }
    bool failed = false;
    bool stuck = false;
    for (unsigned i = 0; i < count; i++) {
        failed = failed || launches[i].failed;
        stuck = stuck || launches[i].stuck;
    }
    if (is_interrupted()) {
        (void)fputs("lockbench: interrupted; these are the results so far\n", stderr);
    }
    if (count > 0) {
        options->duration_ms = (double)launches[0].conditions.duration_ns / 1e6;
        print_all(options, topology, session, launches, count, &runs);
    }
    int status = failed                                ? STATUS_WRONG
                 : is_interrupted()                    ? STATUS_INTERRUPTED
                 : count < options->launches && !stuck ? STATUS_CANNOT
                                                       : STATUS_GOOD;
    if (stuck && options->launches == 1) {
        _exit(status); /* its threads may use what exit would tear down */
    }
    free(runs.items);
    free(launches);
    return status;
}

/* Of a process that was launched: measures, and hands that to the one that did it. */
static int be_launched(struct options *options, const lks_topology_t *topology)
{
    struct runs runs = {.count = 0};
    (void)journal_open(options, lks_topology_description(topology), "");
    struct launch launch = measure(options, topology, &runs);
    hand_over(options, &launch, &runs);
    if (launch.stuck) {
        _exit(STATUS_GOOD);
    }
    free(runs.items);
    return STATUS_GOOD;
}

/* Whether any competitor is for so few threads as any run is to have, or was found to be
   broken, which is a result, too. */
static bool has_subject(const struct options *options)
{
    double fewest = options->threads.items[0];
    for (size_t i = 1; i < options->threads.count; i++) {
        fewest = fmin(fewest, options->threads.items[i]);
    }
    for (int family = 0; family < FAMILIES; family++) {
        const struct competitors *all = &options->competitors[family];
        for (unsigned i = 0; i < all->count; i++) {
            if (all->items[i].broken || is_for(&all->items[i], (unsigned)fewest)) {
                return true;
            }
        }
    }
    return false;
}

static int measure_matrix(const struct options *options, const lks_topology_t *topology)
{
    unsigned count = lks_topology_processors(topology);
    unsigned *processors = calloc(count, sizeof *processors);
    if (processors == NULL ||
        lks_topology_place(topology, "cache", processors, count) != 0) {
        refuse("cannot place threads");
    }
    FILE *output = output_open(options->output);
    catch_interrupt();
    print_matrix(output, options, topology, processors, count);
    output_close(output, options->output);
    free(processors);
    return is_interrupted() ? STATUS_INTERRUPTED : STATUS_GOOD;
}

int main(int argc, char **argv)
{
    (void)signal(SIGCHLD, SIG_DFL); /* ignored, nobody could be waited for */
    tool = (struct tool){.name = "lockbench",
                         .version = LOCKSTEP_VERSION,
                         .is_watched = isatty(STDERR_FILENO),
                         .is_again = is_launched()};
    if (argc > 1 && strcmp(argv[1], "report") == 0) {
        return report_command(argc - 1, argv + 1);
    }
    struct options *options = read_options(argc, argv);
    tool.verbose = options->verbose;
    if (options->list) {
        FILE *output = output_open(options->output);
        print_list(output);
        output_close(output, options->output);
        return 0;
    }
    if (options->compared[0] != NULL) {
        return compare_results(options);
    }
    if (!is_this_machine()) {
        refuse(
            "the environment (HWLOC_SYNTHETIC, HWLOC_XMLFILE) describes another machine: "
            "on this one it cannot be measured");
    }
    lks_topology_t *topology;
    int error = lks_topology_create(&topology);
    if (error != 0) {
        refuse("cannot look at the machine: %s", strerror(error));
    }
    if (options->threads.count == 0) {
        default_threads(options, lks_topology_processors(topology));
    }
    if (launched(options)) {
        return be_launched(options, topology);
    }
    bool good = options->matrix || trials_make(options);
    if (!options->matrix && !has_subject(options)) {
        refuse("there is nothing to measure: none is for as many threads");
    }
    int status = options->matrix ? measure_matrix(options, topology)
                                 : compare(options, argv, topology);
    status = status == 0 && !good ? STATUS_WRONG : status;
    lks_topology_destroy(topology);
    return status;
}

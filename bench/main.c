/* SPDX-License-Identifier: MIT */
/*
 * lockbench: compares locks, reader-writer locks and barriers on this machine.
 *
 *   options.c      the command line
 *   competitors.c  what can be compared: the catalog, the platform's own (platform.c),
 *                  and those of other libraries (peers.c and peers/)
 *   settings.c     what is measured of them, and with how many threads
 *   schedule.c     which runs are made, in which order, and how often
 *
 *   measure_latency.c, measure_lock.c, measure_rwlock.c, measure_barrier.c
 *                  one run of each kind; measure_transfer.c: the way of a cache line
 *   measure.h      what a run finds out
 *   matrix.c       the way of a cache line between all processors; ping_pong.c
 *   levels.c       how near to each other processors are
 *   company.c      whether a run was alone; presence.c: what the system says of that
 *   counters.c     what the processors count (perf events)
 *   team.c         the threads of a run; workload.h what they do, subject.c their lock,
 *                  inlined.c free locks without a call; clock.c time; lines.c memory
 *
 *   runs.c         what was measured; statistics.c
 *   report.c       as CSV or JSON, with what machine.c knows of the machine; for people
 *                  look.c at first, table.c with --full, both with notes.c; groups.c: the
 *                  runs that share a median
 *
 * What all tools have in common is in common/.
 */
#include "bench/machine.h"
#include "bench/matrix.h"
#include "bench/options.h"
#include "bench/report.h"
#include "bench/schedule.h"
#include "bench/trial.h"
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

/* The number of processors, and twice that; with --full first 1, 2, 4, … */
static void default_threads(struct options *options, unsigned processors)
{
    for (unsigned threads = 1; options->full && threads < processors; threads *= 2) {
        numbers_add(&options->threads, threads);
    }
    if (processors > 1 || options->full) {
        numbers_add(&options->threads, processors);
    }
    numbers_add(&options->threads, 2 * processors);
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
   mistakes and their warming up, take less than a minute, with --full two; probes, and
   runs that are added, take what is left of it, or more. */
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
        double share = (options->full ? 90e3 : 45e3) / fmax(1, contended);
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

/* --- interruption --- */

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    atomic_store_explicit(&interrupted, true, memory_order_relaxed);
}

/* Ctrl-C ends the measuring, unless lockbench was started with it ignored. A second one
   ends the program at once. */
static void catch_interrupt(void)
{
    struct sigaction action;
    if (sigaction(SIGINT, NULL, &action) == 0 && action.sa_handler != SIG_IGN) {
        action =
            (struct sigaction){.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
        (void)sigaction(SIGINT, &action, NULL);
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

/* Measures what the options ask for, and prints it. Returns the program's status. */
static int compare(struct options *options, const lks_topology_t *topology)
{
    bool bound = strcmp(options->bind, "none") != 0;
    unsigned *processors = place_threads(options, bound, topology);
    output_check(options->output);
    team_try(greatest_of(&options->threads));
    const struct settings settings = settings_of(options);
    const struct conditions conditions = {
        .clock = clock_calibrate(),
        .placement = {.topology = topology, .processors = bound ? processors : NULL},
        .duration_ns = duration_of_runs(options, &settings),
        .critical_ns = options->critical_ns,
        .outside_ns = options->outside_ns,
        .lines_read = options->lines_read,
        .lines_written = options->lines_written,
        .varies = options->random,
        .rate = options->rate};
    struct schedule schedule = {.options = options,
                                .settings = &settings,
                                .conditions = &conditions,
                                .processors = processors};
    options->duration_ms = (double)conditions.duration_ns / 1e6;
    json_t *machine = machine_facts();
    const char *session = new_session();
    const time_t started = time(NULL);
    catch_interrupt();
    make_all_runs(&schedule);

    bool was_interrupted = atomic_load_explicit(&interrupted, memory_order_relaxed);
    if (was_interrupted) {
        (void)fputs("lockbench: interrupted; these are the results so far\n", stderr);
    }
    FILE *output = output_open(options->output);
    double quota = quota_processors();
    print_report(output, &(struct report){
                             .options = options,
                             .settings = &settings,
                             .conditions = &conditions,
                             .machine = lks_topology_description(topology),
                             .facts = machine,
                             .session = session,
                             .launch = 1,
                             .started = started,
                             .runs = schedule.runs.items,
                             .run_count = schedule.runs.count,
                             .unsettled = schedule.unsettled,
                             .disturbed = schedule.disturbed,
                             .quota = quota,
                             .processors = fmin(lks_topology_processors(topology),
                                                isnan(quota) ? INFINITY : quota),
                             .complete = !must_end(&schedule),
                         });
    output_close(output, options->output);
    int status = schedule.failed ? 1 : was_interrupted ? 130 : 0;
    if (schedule.stuck) {
        _exit(status); /* its threads may use what exit would tear down */
    }
    free(schedule.runs.items);
    free(processors);
    json_decref(machine);
    return status;
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
    return atomic_load_explicit(&interrupted, memory_order_relaxed) ? 130 : 0;
}

int main(int argc, char **argv)
{
    tool = (struct tool){.name = "lockbench",
                         .version = LOCKSTEP_VERSION,
                         .is_watched = isatty(STDERR_FILENO)};
    struct options *options = read_options(argc, argv);
    tool.verbose = options->verbose;
    if (options->list) {
        FILE *output = output_open(options->output);
        print_list(output);
        output_close(output, options->output);
        return 0;
    }
    lks_topology_t *topology;
    int error = lks_topology_create(&topology);
    if (error != 0) {
        refuse("cannot look at the machine: %s", strerror(error));
    }
    if (options->threads.count == 0) {
        default_threads(options, lks_topology_processors(topology));
    }
    bool good = options->matrix || trials_make(options);
    int status =
        options->matrix ? measure_matrix(options, topology) : compare(options, topology);
    status = status == 0 && !good ? STATUS_WRONG : status;
    lks_topology_destroy(topology);
    return status;
}

/* SPDX-License-Identifier: MIT */
/*
 * lockbench: compares locks, reader-writer locks and barriers on this machine.
 *
 * The runs of all competitors are taken in turn (A B C A B C …), so that whatever slows
 * the machine down for a while slows them all. Before and after each run of several
 * threads the way of a cache line from one processor to another is measured: virtual
 * processors are moved about by their host, which changes every contended figure, so runs
 * are compared only with runs at the same distance.
 */
#include "bench/measure.h"
#include "bench/options.h"
#include "bench/report.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two distances differ if one is more than this times the other. */
static const double NEARBY = 3;

struct session {
    struct options options;
    struct settings settings;
    struct conditions conditions;
    unsigned *processors; /* of the threads of every run, and of the probes */
    struct run *runs;     /* with room for more */
    size_t run_count;
    size_t room;
    double nearest_ns; /* the fastest way of a cache line so far; NaN: none yet */
    unsigned unsettled;
    unsigned steps; /* for the progress line */
    unsigned steps_done;
    bool failed; /* something was broken */
    bool stuck;  /* something hangs, and burns the processors from now on */
};

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    atomic_store_explicit(&interrupted, true, memory_order_relaxed);
}

static bool must_end(const struct session *session)
{
    return session->stuck || atomic_load_explicit(&interrupted, memory_order_relaxed);
}

/* --- progress, on a terminal --- */

static void show_progress(const struct session *session, const char *name,
                          const struct setting *setting)
{
    if (isatty(STDERR_FILENO)) {
        (void)fprintf(stderr, "\r\033[K[%u/%u] %s, ", session->steps_done, session->steps,
                      name);
        print_setting(stderr, setting);
    }
}

static void end_progress(void)
{
    if (isatty(STDERR_FILENO)) {
        (void)fputs("\r\033[K", stderr);
    }
}

/* --- runs --- */

static void keep(struct session *session, const struct run *run)
{
    if (session->run_count == session->room) {
        session->room = session->room == 0 ? 256 : 2 * session->room;
        session->runs = realloc(session->runs, session->room * sizeof *session->runs);
        if (session->runs == NULL) {
            (void)fputs("lockbench: no memory\n", stderr);
            exit(1);
        }
    }
    session->runs[session->run_count++] = *run;
}

static double transfer(const struct session *session, unsigned threads)
{
    struct placement placement = {.topology = session->conditions.placement.topology,
                                  .processors = session->processors};
    return measure_transfer(&placement, threads);
}

static struct competitors *competitors_of(struct session *session,
                                          const struct setting *setting)
{
    return &session->options.competitors[kind_facts[setting->kind].family];
}

static struct outcome measure(const struct session *session,
                              const struct setting *setting,
                              const struct competitor *competitor)
{
    const struct conditions *conditions = &session->conditions;
    switch (setting->kind) {
    case LOCK:
        return measure_lock(competitor, setting->threads, conditions);
    case RWLOCK:
        return measure_rwlock(competitor, setting->threads, setting->writes, conditions);
    case BARRIER:
        return measure_barrier(competitor, setting->threads, conditions);
    default:
        return measure_latency(competitor, conditions);
    }
}

/* Says that a competitor is not what it should be. */
static void report_broken(struct session *session, struct competitor *competitor,
                          const struct run *run)
{
    static const char *const complaints[] = {
        [SOUND] = "",
        [LOST_UPDATES] = "broken, updates were lost",
        [HALF_AN_UPDATE] = "broken, a reader saw half an update",
        [LEFT_EARLY] = "broken, a thread left before all had come",
        [HANGS] = "hangs; nothing more is measured"};
    end_progress();
    session->failed = true;
    session->stuck = run->outcome.verdict == HANGS;
    competitor->broken = true;
    (void)fprintf(stderr, "lockbench: %s, with ", run->name);
    print_setting(stderr, &run->setting);
    (void)fprintf(stderr, ": %s\n", complaints[run->outcome.verdict]);
}

/* Makes one run, again if the processors moved in the middle of it, a few times over. */
static void make_run(struct session *session, const struct setting *setting,
                     struct competitor *competitor)
{
    enum { TRIES = 4 };
    show_progress(session, competitor->name, setting);
    for (int i = 0; i < TRIES && !competitor->broken && !must_end(session); i++) {
        double before = transfer(session, setting->threads);
        struct run run = {.setting = *setting, .name = competitor->name};
        run.outcome = measure(session, setting, competitor);
        if (run.outcome.verdict == HANGS && must_end(session)) {
            session->stuck = true; /* after Ctrl-C there was no time to wait for them */
        } else if (run.outcome.verdict != SOUND) {
            report_broken(session, competitor, &run);
        }
        if (run.outcome.verdict != SOUND || must_end(session)) {
            return; /* cut short, it tells nothing */
        }
        double after = transfer(session, setting->threads);
        run.transfer_ns = (before + after) / 2;
        if (isnan(run.transfer_ns) ||
            (before <= NEARBY * after && after <= NEARBY * before)) {
            /* fmin passes over NaN. */
            session->nearest_ns = fmin(session->nearest_ns, run.transfer_ns);
            keep(session, &run);
            return;
        }
        session->unsettled++;
    }
}

/* A round: one run of each competitor. */
static void make_round(struct session *session, const struct setting *setting)
{
    struct competitors *competitors = competitors_of(session, setting);
    for (unsigned i = 0; i < competitors->count && !must_end(session); i++) {
        make_run(session, setting, &competitors->items[i]);
        session->steps_done++;
    }
}

/* --- near and far --- */

static enum distance distance_of(const struct session *session, const struct run *run)
{
    if (isnan(run->transfer_ns)) {
        return ANY;
    }
    return run->transfer_ns <= NEARBY * session->nearest_ns ? NEAR : FAR;
}

/* Whether each competitor has at least `enough` runs at one and the same distance. */
static bool has_enough(struct session *session, const struct setting *setting,
                       unsigned enough)
{
    const struct competitors *competitors = competitors_of(session, setting);
    for (int distance = 0; distance < DISTANCES; distance++) {
        bool all = true;
        for (unsigned i = 0; i < competitors->count && all; i++) {
            unsigned count = 0;
            for (size_t j = 0; j < session->run_count; j++) {
                const struct run *run = &session->runs[j];
                count += same_setting(&run->setting, setting) &&
                         (int)distance_of(session, run) == distance &&
                         strcmp(run->name, competitors->items[i].name) == 0;
            }
            all = count >= enough || competitors->items[i].broken;
        }
        if (all) {
            return true;
        }
    }
    return false;
}

/* Rounds as asked for, and up to as many again until a comparison can be made. */
static void make_rounds(struct session *session, const struct setting *setting)
{
    unsigned repeat = session->options.repeat;
    unsigned enough = (repeat + 1) / 2;
    for (unsigned round = 0; round < 2 * repeat && !must_end(session); round++) {
        if (round < repeat || !has_enough(session, setting, enough)) {
            session->steps +=
                round < repeat ? 0 : competitors_of(session, setting)->count;
            make_round(session, setting);
        }
    }
}

/* --- what to run --- */

/* 1, 2, 4, … below the number of processors, that number, and twice that. */
static void default_threads(struct options *options, unsigned processors)
{
    for (unsigned threads = 1; threads < processors; threads *= 2) {
        options->threads[options->thread_count++] = threads;
    }
    options->threads[options->thread_count++] = processors;
    options->threads[options->thread_count++] = 2 * processors;
}

static unsigned greatest_of(const unsigned *numbers, unsigned count)
{
    unsigned greatest = 1;
    for (unsigned i = 0; i < count; i++) {
        greatest = numbers[i] > greatest ? numbers[i] : greatest;
    }
    return greatest;
}

static void place_threads(struct session *session, const lks_topology_t *topology)
{
    struct options *options = &session->options;
    unsigned count = greatest_of(options->threads, options->thread_count);
    bool bound = strcmp(options->bind, "none") != 0;
    session->processors = calloc(count, sizeof *session->processors);
    int error = session->processors == NULL
                    ? ENOMEM
                    : lks_topology_place(topology, bound ? options->bind : "cache",
                                         session->processors, count);
    if (error == EINVAL) {
        (void)fprintf(
            stderr,
            "lockbench: --bind: '%s' is none of compact, scatter, cache, node, none "
            "and no list of processors such as 0,2,4-7\n",
            options->bind);
        exit(2);
    }
    if (error == ENODEV) {
        (void)fprintf(
            stderr,
            "lockbench: --bind: a processor of '%s' does not exist or may not be "
            "used by this process\n",
            options->bind);
        exit(2);
    }
    if (error != 0) {
        (void)fprintf(stderr, "lockbench: cannot place threads: %s\n", strerror(error));
        exit(1);
    }
    session->conditions.placement.topology = topology;
    session->conditions.placement.processors = bound ? session->processors : NULL;
}

/* Lets all runs and their warming up take less than a minute; probes, and rounds that are
   added, take what is left of it, or more. */
static void choose_duration(struct session *session)
{
    const struct options *options = &session->options;
    unsigned contended = 0;
    for (unsigned i = 0; i < session->settings.count; i++) {
        const struct setting *setting = &session->settings.items[i];
        unsigned runs = competitors_of(session, setting)->count * options->repeat;
        session->steps += runs;
        contended += kind_facts[setting->kind].alone ? 0 : runs;
    }
    double milliseconds = options->duration_ms;
    if (milliseconds == 0) {
        double share = 45e3 / fmax(1, contended);
        milliseconds = fmin(100, fmax(5, share - (double)WARM_UP_MS));
    }
    session->conditions.duration_ns = (uint64_t)(milliseconds * 1e6);
}

/* Near and far have a meaning only where there are both. */
static void tell_distances(struct session *session)
{
    bool any_far = false;
    for (size_t i = 0; i < session->run_count; i++) {
        struct run *run = &session->runs[i];
        run->distance = distance_of(session, run);
        any_far = any_far || run->distance == FAR;
    }
    for (size_t i = 0; i < session->run_count && !any_far; i++) {
        session->runs[i].distance = ANY;
    }
}

static void make_all_runs(struct session *session)
{
    for (unsigned i = 0; i < session->settings.count; i++) {
        make_rounds(session, &session->settings.items[i]);
    }
    end_progress();
    tell_distances(session);
}

static void print_list(FILE *file)
{
    for (int family = 0; family < FAMILIES; family++) {
        const struct competitors all = all_of((enum family)family);
        (void)fprintf(file, "%s%s:\n", family == 0 ? "" : "\n", family_names[family]);
        for (unsigned i = 0; i < all.count; i++) {
            (void)fprintf(file, "  %-22s %s\n", all.items[i].name, all.items[i].summary);
        }
    }
}

/* Ends the program where the output file cannot be written; leaves what is in it
   alone. */
static void check_output(const char *name)
{
    FILE *file = name == NULL ? stdout : fopen(name, "a");
    if (file == NULL) {
        (void)fprintf(stderr, "lockbench: --output: cannot write '%s': %s\n", name,
                      strerror(errno));
        exit(2);
    }
    if (file != stdout) {
        (void)fclose(file);
    }
}

static FILE *open_output(const char *name)
{
    FILE *file = name == NULL ? stdout : fopen(name, "w");
    if (file == NULL) {
        (void)fprintf(stderr, "lockbench: cannot write '%s': %s\n", name,
                      strerror(errno));
        exit(1);
    }
    return file;
}

static void close_output(FILE *file, const char *name)
{
    if (fflush(file) != 0 || ferror(file) != 0 || (file != stdout && fclose(file) != 0)) {
        (void)fprintf(stderr, "lockbench: cannot write %s: %s\n",
                      name == NULL ? "standard output" : name, strerror(errno));
        exit(1);
    }
}

/* Ctrl-C ends the measuring, unless whoever started the program had it ignored. A second
   one ends the program at once. */
static void catch_interrupt(void)
{
    struct sigaction action;
    if (sigaction(SIGINT, NULL, &action) == 0 && action.sa_handler != SIG_IGN) {
        action =
            (struct sigaction){.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
        (void)sigaction(SIGINT, &action, NULL);
    }
}

int main(int argc, char **argv)
{
    struct session session = {.options = read_options(argc, argv), .nearest_ns = NAN};
    struct options *options = &session.options;
    if (options->list) {
        FILE *output = open_output(options->output);
        print_list(output);
        close_output(output, options->output);
        return 0;
    }
    lks_topology_t *topology;
    int error = lks_topology_create(&topology);
    if (error != 0) {
        (void)fprintf(stderr, "lockbench: cannot look at the machine: %s\n",
                      strerror(error));
        return 1;
    }
    if (options->thread_count == 0) {
        default_threads(options, lks_topology_processors(topology));
    }
    place_threads(&session, topology);
    check_output(options->output);
    team_try(greatest_of(options->threads, options->thread_count));
    session.settings = settings_of(options);
    choose_duration(&session);
    session.conditions.clock = clock_calibrate();
    session.conditions.critical_ns = options->critical_ns;
    session.conditions.outside_ns = options->outside_ns;
    catch_interrupt();
    make_all_runs(&session);

    bool was_interrupted = atomic_load_explicit(&interrupted, memory_order_relaxed);
    if (was_interrupted) {
        (void)fputs("lockbench: interrupted; these are the results so far\n", stderr);
    }
    FILE *output = open_output(options->output);
    print_report(output, &(struct report){
                             .options = options,
                             .settings = &session.settings,
                             .conditions = &session.conditions,
                             .machine = lks_topology_description(topology),
                             .runs = session.runs,
                             .run_count = session.run_count,
                             .unsettled = session.unsettled,
                             .complete = !must_end(&session),
                         });
    close_output(output, options->output);
    int status = session.failed ? 1 : was_interrupted ? 130 : 0;
    if (session.stuck) {
        _exit(status); /* its threads may use what exit would tear down */
    }
    free(session.runs);
    free(session.processors);
    lks_topology_destroy(topology);
    return status;
}

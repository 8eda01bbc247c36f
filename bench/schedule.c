/* SPDX-License-Identifier: MIT */
/*
 * The schedule, from the smallest part to the whole:
 *
 *   a run       one competitor, one setting, between two probes of the distance; made
 *               again if the processors moved in the middle of it, or if others had a
 *               part of them
 *   a round     a run of each competitor (A B C A B C …), so that whatever slows the
 *               machine down for a while slows them all
 *   a setting   as many rounds as asked for, and more until each competitor has enough
 *               runs at one and the same distance
 *   a launch    one setting after the other
 *   all         the launches (launches.c), each of whose rounds begins with another
 *               competitor than those of the one before
 *
 * A probe measures the way of a cache line from one processor to another: virtual
 * processors are moved about by their host, which changes every contended figure, so runs
 * are compared only with runs at the same distance.
 */
#include "bench/schedule.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "bench/apart.h"
#include "bench/journal.h"
#include "common/tool.h"

bool must_end(const struct schedule *schedule)
{
    return schedule->stuck || is_interrupted();
}

static struct competitors *competitors_of(const struct schedule *schedule,
                                          const struct setting *setting)
{
    return &schedule->options->competitors[kind_facts[setting->kind].family];
}

/* --- progress, on a terminal --- */

/* Of all launches, from what runs took until now, or from what they should take. */
static double seconds_left(const struct schedule *schedule)
{
    const struct options *options = schedule->options;
    unsigned left = schedule->contended > schedule->contended_done
                        ? schedule->contended - schedule->contended_done
                        : 0;
    double each = 2e-9 * (double)schedule->conditions->duration_ns + WARM_UP_MS * 1e-3;
    if (schedule->contended_done > 0) {
        each = 1e-9 * (double)schedule->contended_ns / schedule->contended_done;
    }
    return (left + (double)schedule->contended * (options->launches - options->launch)) *
           each;
}

static void show_progress(const struct schedule *schedule, const char *name,
                          const struct setting *setting)
{
    char text[64];
    setting_text(text, sizeof text, setting);
    const struct options *options = schedule->options;
    char launch[64] = "";
    if (options->launches > 1) {
        (void)snprintf(launch, sizeof launch, "launch %u of %u: ", options->launch,
                       options->launches);
    }
    progress_show("%s[%u/%u] %s, %s; about %.0f s left", launch, schedule->steps_done - 1,
                  schedule->steps, name, text, seconds_left(schedule));
}

/* --- a run --- */

static double probe(const struct schedule *schedule, unsigned threads)
{
    struct placement bound = {.topology = schedule->conditions->placement.topology,
                              .processors = schedule->processors};
    return measure_transfer(&bound, threads);
}

static struct outcome measure(const struct setting *setting,
                              const struct competitor *competitor,
                              const struct conditions *conditions)
{
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

/* Of a user's lock, a run is made in a process of its own. */
struct part {
    const struct setting *setting;
    const struct competitor *competitor;
    const struct conditions *conditions;
    struct found {
        struct outcome outcome;
        const char *counters_missing;
    } * found;
};

static void measure_part(void *argument)
{
    const struct part *part = argument;
    part->found->outcome = measure(part->setting, part->competitor, part->conditions);
    part->found->counters_missing = counters_missing();
}

static struct outcome measure_apart(const struct setting *setting,
                                    const struct competitor *competitor,
                                    const struct conditions *conditions)
{
    static struct found *found;
    found = found != NULL ? found : shared_memory(sizeof *found);
    struct part part = {setting, competitor, conditions, found};
    enum { PATIENCE_SECONDS = 200 }; /* more than a team has */
    unsigned seconds = PATIENCE_SECONDS + (unsigned)(conditions->duration_ns / 500000000);
    const char *fate = run_apart(measure_part, &part, seconds, 0);
    if (fate != NULL) {
        found->outcome = no_outcome();
        found->outcome.verdict = ENDS;
        found->outcome.fate = fate;
    } else {
        counters_were_missing(found->counters_missing);
    }
    return found->outcome;
}

static void complaint(char *text, size_t size, const struct outcome *outcome)
{
    switch (outcome->verdict) {
    case OVERLAPS:
        (void)snprintf(text, size,
                       "broken, in %" PRIu64 " sections there was another thread, and of "
                       "%" PRIu64 " updates %" PRId64 " were lost",
                       outcome->overlaps, outcome->sections, outcome->lost);
        break;
    case WRONG:
        (void)snprintf(text, size, "broken, %.0f results of the work are wrong",
                       outcome->values[WRONG_RESULTS]);
        break;
    case LEFT_EARLY:
        (void)snprintf(text, size, "broken, a thread left before all had come");
        break;
    case ENDS:
        (void)snprintf(text, size, "%s", outcome->fate);
        break;
    default:
        (void)snprintf(text, size, "hangs");
    }
}

/* Says that a competitor is not what it should be. */
static void report_broken(struct schedule *schedule, struct competitor *competitor,
                          const struct run *run)
{
    char text[64];
    char what[256];
    progress_clear();
    schedule->failed = true;
    schedule->stuck = run->outcome.verdict == HANGS && !competitor->own;
    competitor->broken = true;
    setting_text(text, sizeof text, &run->setting);
    complaint(what, sizeof what, &run->outcome);
    (void)fprintf(stderr, "lockbench: %s, with %s: %s; %s measured\n", run->name, text,
                  what, schedule->stuck ? "nothing more is" : "it is no longer");
}

/* Whether there is hope of a run that is not disturbed. */
static bool is_patient(const struct schedule *schedule)
{
    enum { ENOUGH = 3 };
    return schedule->busy < ENOUGH;
}

/* The fastest of many short batches is not changed by whatever interrupts some. */
static bool can_be_disturbed(const struct setting *setting)
{
    return !kind_facts[setting->kind].alone;
}

/* Makes one run. Whether it counts: not if the processors moved, the competitor is
   broken, or it was cut short. */
static bool try_run(struct schedule *schedule, struct competitor *competitor,
                    struct run *run)
{
    double before = probe(schedule, run->setting.threads);
    run->outcome = competitor->own
                       ? measure_apart(&run->setting, competitor, schedule->conditions)
                       : measure(&run->setting, competitor, schedule->conditions);
    set_company(&run->outcome);
    if (is_null(competitor)) {
        run->outcome.verdict = SOUND; /* that it is broken is what it is for */
    }
    if (run->outcome.verdict == HANGS && must_end(schedule)) {
        schedule->stuck = true; /* after Ctrl-C there was no time to wait for them */
    } else if (run->outcome.verdict != SOUND) {
        report_broken(schedule, competitor, run);
    }
    if (run->outcome.verdict != SOUND || must_end(schedule)) {
        return false;
    }
    double after = probe(schedule, run->setting.threads);
    run->transfer_ns = (before + after) / 2;
    if (!isnan(run->transfer_ns) && !is_same_distance(before, after)) {
        schedule->unsettled++;
        return false;
    }
    run->disturbance = disturbance(&run->outcome.company, NULL, 0);
    run->disturbed = can_be_disturbed(&run->setting) && run->disturbance > DISTURBED;
    return true;
}

/* Makes a run, a few times over if it does not count or was disturbed; of those that all
   were disturbed it keeps the one that was least. */
static void make_step(struct schedule *schedule, struct competitor *competitor,
                      struct step *step)
{
    enum { TRIES = 4 };
    const struct schedule before = *schedule;
    for (int i = 0; i < TRIES && !competitor->broken && !must_end(schedule); i++) {
        struct run run = {.setting = step->run.setting,
                          .name = step->run.name,
                          .launch = step->run.launch,
                          .round = step->run.round};
        if (!try_run(schedule, competitor, &run)) {
            continue;
        }
        step->disturbed += step->counts;
        if (!step->counts || run.disturbance < step->run.disturbance) {
            step->run = run;
        }
        step->counts = true;
        if (!run.disturbed || !is_patient(schedule)) {
            break;
        }
    }
    step->unsettled = schedule->unsettled - before.unsettled;
    step->broken = competitor->broken;
}

/* What has come of a step, now or before. */
static void count_step(struct schedule *schedule, struct competitor *competitor,
                       const struct step *step)
{
    schedule->disturbed += step->disturbed;
    schedule->failed = schedule->failed || step->broken;
    competitor->broken = step->broken;
    if (step->counts) {
        add_run(&schedule->runs, &step->run);
        if (can_be_disturbed(&step->run.setting)) {
            schedule->busy = step->run.disturbed ? schedule->busy + 1 : 0;
        }
    }
}

/* A competitor's step of the round. */
static void go_on(struct schedule *schedule, const struct setting *setting,
                  struct competitor *competitor)
{
    struct step step = {.run = {.setting = *setting,
                                .name = competitor->name,
                                .launch = schedule->options->launch,
                                .round = schedule->round}};
    const bool alone = kind_facts[setting->kind].alone;
    uint64_t start = clock_now();
    schedule->steps_done++;
    if (competitor->broken || !is_for(competitor, setting->threads)) {
        schedule->contended -= !alone;
        return;
    }
    if (journal_take(&step)) {
        schedule->unsettled += step.unsettled;
        schedule->contended -= !alone;
        count_step(schedule, competitor, &step);
        return;
    }
    show_progress(schedule, competitor->name, setting);
    make_step(schedule, competitor, &step);
    count_step(schedule, competitor, &step);
    if (!alone) {
        schedule->contended_done++;
        schedule->contended_ns += clock_now() - start;
    }
    if (!is_interrupted()) {
        journal_add(&step);
    }
}

/* --- a round --- */

static void make_round(struct schedule *schedule, const struct setting *setting)
{
    struct competitors *competitors = competitors_of(schedule, setting);
    schedule->round++;
    for (unsigned i = 0; i < competitors->count && !must_end(schedule); i++) {
        unsigned which = (i + schedule->options->launch - 1) % competitors->count;
        go_on(schedule, setting, &competitors->items[which]);
    }
}

/* --- a setting --- */

/* Whether each competitor has at least `enough` runs at one and the same distance. */
static bool has_enough(const struct schedule *schedule, const struct setting *setting,
                       unsigned enough)
{
    const struct competitors *competitors = competitors_of(schedule, setting);
    for (int distance = 0; distance < DISTANCES; distance++) {
        bool all = true;
        for (unsigned i = 0; i < competitors->count && all; i++) {
            const struct competitor *one = &competitors->items[i];
            all = one->broken || !is_for(one, setting->threads) ||
                  count_runs(&schedule->runs, setting, one->name,
                             (enum distance)distance) >= enough;
        }
        if (all) {
            return true;
        }
    }
    return false;
}

/* Rounds as asked for, and up to as many again until a comparison can be made. */
static void make_rounds(struct schedule *schedule, const struct setting *setting)
{
    unsigned repeat = schedule->options->repeat;
    unsigned enough = (repeat + 1) / 2;
    for (unsigned round = 0; round < repeat && !must_end(schedule); round++) {
        make_round(schedule, setting);
    }
    for (unsigned extra = 0;
         extra < repeat && !must_end(schedule) && !has_enough(schedule, setting, enough);
         extra++) {
        schedule->steps += competitors_of(schedule, setting)->count;
        schedule->contended += competitors_of(schedule, setting)->count;
        make_round(schedule, setting);
    }
}

/* --- all --- */

void make_all_runs(struct schedule *schedule)
{
    const struct settings *settings = schedule->settings;
    for (unsigned i = 0; i < settings->count; i++) {
        unsigned steps = competitors_of(schedule, &settings->items[i])->count *
                         schedule->options->repeat;
        schedule->steps += steps;
        schedule->contended += kind_facts[settings->items[i].kind].alone ? 0 : steps;
    }
    for (unsigned i = 0; i < settings->count; i++) {
        make_rounds(schedule, &settings->items[i]);
    }
    progress_clear();
    set_distances(&schedule->runs);
    schedule->disturbed += (unsigned)drop_disturbed(&schedule->runs);
}

/* SPDX-License-Identifier: MIT */
/*
 * The schedule, from the smallest part to the whole:
 *
 *   a run       one competitor, one setting, between two probes of the distance; made
 *               again if the processors moved in the middle of it
 *   a round     a run of each competitor (A B C A B C …), so that whatever slows the
 *               machine down for a while slows them all
 *   a setting   as many rounds as asked for, and more until each competitor has enough
 *               runs at one and the same distance
 *   all         one setting after the other
 *
 * A probe measures the way of a cache line from one processor to another: virtual
 * processors are moved about by their host, which changes every contended figure, so runs
 * are compared only with runs at the same distance.
 */
#include "bench/schedule.h"

#include <math.h>
#include <stdio.h>

#include "common/tool.h"

bool must_end(const struct schedule *schedule)
{
    return schedule->stuck || atomic_load_explicit(&interrupted, memory_order_relaxed);
}

static struct competitors *competitors_of(const struct schedule *schedule,
                                          const struct setting *setting)
{
    return &schedule->options->competitors[kind_facts[setting->kind].family];
}

/* --- progress, on a terminal --- */

static void show_progress(const struct schedule *schedule, const char *name,
                          const struct setting *setting)
{
    char text[64];
    setting_text(text, sizeof text, setting);
    progress_show("[%u/%u] %s, %s", schedule->steps_done, schedule->steps, name, text);
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

/* Says that a competitor is not what it should be. */
static void report_broken(struct schedule *schedule, struct competitor *competitor,
                          const struct run *run)
{
    static const char *const complaints[] = {
        [SOUND] = "",
        [LOST_UPDATES] = "broken, updates were lost",
        [HALF_AN_UPDATE] = "broken, a reader saw half an update",
        [LEFT_EARLY] = "broken, a thread left before all had come",
        [HANGS] = "hangs; nothing more is measured"};
    progress_clear();
    schedule->failed = true;
    schedule->stuck = run->outcome.verdict == HANGS;
    competitor->broken = true;
    char text[64];
    setting_text(text, sizeof text, &run->setting);
    (void)fprintf(stderr, "lockbench: %s, with %s: %s\n", run->name, text,
                  complaints[run->outcome.verdict]);
}

/* Makes one run, again if the processors moved in the middle of it, a few times over. */
static void make_run(struct schedule *schedule, const struct setting *setting,
                     struct competitor *competitor)
{
    enum { TRIES = 4 };
    show_progress(schedule, competitor->name, setting);
    for (int i = 0; i < TRIES && !competitor->broken && !must_end(schedule); i++) {
        double before = probe(schedule, setting->threads);
        struct run run = {.setting = *setting, .name = competitor->name};
        run.outcome = measure(setting, competitor, schedule->conditions);
        if (run.outcome.verdict == HANGS && must_end(schedule)) {
            schedule->stuck = true; /* after Ctrl-C there was no time to wait for them */
        } else if (run.outcome.verdict != SOUND) {
            report_broken(schedule, competitor, &run);
        }
        if (run.outcome.verdict != SOUND || must_end(schedule)) {
            return; /* cut short, it says nothing */
        }
        double after = probe(schedule, setting->threads);
        run.transfer_ns = (before + after) / 2;
        if (isnan(run.transfer_ns) || is_same_distance(before, after)) {
            add_run(&schedule->runs, &run);
            return;
        }
        schedule->unsettled++;
    }
}

/* --- a round --- */

static void make_round(struct schedule *schedule, const struct setting *setting)
{
    struct competitors *competitors = competitors_of(schedule, setting);
    for (unsigned i = 0; i < competitors->count && !must_end(schedule); i++) {
        make_run(schedule, setting, &competitors->items[i]);
        schedule->steps_done++;
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
            all = one->broken || count_runs(&schedule->runs, setting, one->name,
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
        make_round(schedule, setting);
    }
}

/* --- all --- */

void make_all_runs(struct schedule *schedule)
{
    const struct settings *settings = schedule->settings;
    for (unsigned i = 0; i < settings->count; i++) {
        schedule->steps += competitors_of(schedule, &settings->items[i])->count *
                           schedule->options->repeat;
    }
    for (unsigned i = 0; i < settings->count; i++) {
        make_rounds(schedule, &settings->items[i]);
    }
    progress_clear();
    set_distances(&schedule->runs);
}

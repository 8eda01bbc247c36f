/* SPDX-License-Identifier: MIT */
#include "sim/measure.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/statistics.h"

/* --- samples ------------------------------------------------------------------------ */

struct samples {
    cycles *values;
    size_t count, room;
};

static struct samples waits[SIDES], handovers, holds, releases;
static struct samples
    unfinished[SIDES]; /* waits that the end cuts off: so long, or longer */

static void add_sample(struct samples *samples, cycles value)
{
    if (samples->count == samples->room) {
        samples->room = samples->room == 0 ? 1024 : 2 * samples->room;
        samples->values =
            sure(realloc(samples->values, samples->room * sizeof *samples->values));
    }
    samples->values[samples->count++] = value;
}

static int compare(const void *one, const void *other)
{
    cycles a = *(const cycles *)one, b = *(const cycles *)other;
    return (a > b) - (a < b);
}

/* The smallest value that at least that part of all do not exceed. */
static cycles percentile(const struct samples *samples, unsigned percent)
{
    return samples->values[(samples->count * percent + 99) / 100 - 1];
}

static void sort(struct samples *samples)
{
    if (samples->count > 0) {
        qsort(samples->values, samples->count, sizeof *samples->values, compare);
    }
}

static struct distribution distribution_of(struct samples *samples)
{
    struct distribution distribution = {.count = samples->count};
    if (samples->count == 0) {
        return distribution;
    }
    sort(samples);
    double total = 0;
    for (size_t i = 0; i < samples->count; i++) {
        total += (double)samples->values[i];
    }
    distribution.mean = total / (double)samples->count;
    distribution.median = percentile(samples, 50);
    distribution.p90 = percentile(samples, 90);
    distribution.p99 = percentile(samples, 99);
    distribution.longest = samples->values[samples->count - 1];
    return distribution;
}

/*
 * The same where some had not ended when they were `cut` off, by the estimate of Kaplan
 * and Meier. `lasting` is the share that lasts longer than the time that has been
 * reached: of those that do, each time at which some end takes their part. Those that
 * were cut off before then say nothing of it.
 */
static struct distribution distribution_with(struct samples *samples, struct samples *cut)
{
    if (cut->count == 0) {
        return distribution_of(samples);
    }
    struct distribution distribution = {.count = samples->count};
    const double accuracy = 1e-12;
    const double shares[] = {0.5, 0.9, 0.99};
    cycles *const percentiles[] = {&distribution.median, &distribution.p90,
                                   &distribution.p99};
    size_t ended_before = 0, cut_before = 0, known = 0;
    double lasting = 1;
    cycles reached = 0;
    sort(samples);
    sort(cut);
    while (ended_before < samples->count) {
        cycles time = samples->values[ended_before];
        while (cut_before < cut->count && cut->values[cut_before] < time) {
            cut_before++;
        }
        double left = (double)(samples->count - ended_before + cut->count - cut_before);
        size_t ends = 0;
        while (ended_before < samples->count && samples->values[ended_before] == time) {
            ended_before++;
            ends++;
        }
        distribution.mean += lasting * (double)(time - reached);
        lasting *= 1 - (double)ends / left;
        reached = time;
        for (; known < 3 && 1 - lasting >= shares[known] - accuracy; known++) {
            *percentiles[known] = time;
        }
    }
    cycles longest = cut->values[cut->count - 1];
    distribution.longest = longest > reached ? longest : reached;
    distribution.mean += lasting * (double)(distribution.longest - reached);
    distribution.beyond = lasting > accuracy ? lasting : 0;
    for (; known < 3; known++) {
        *percentiles[known] = distribution.longest;
    }
    return distribution;
}

/* --- the part of a run that is measured --------------------------------------------- */

static bool of_barrier, measuring, finished;
static uint64_t warming, measured, passages;
static cycles began, ended;
static struct counts before[VM_PROCESSORS]; /* counted when it began */
static struct counts sum;                   /* counted in it */
static struct busy busy_before, busy_after;
static cycles worked, idle;
/* Who entered, and how long after the one before: to see whether that repeats. */
static struct samples entries;

static void begin_measuring(void)
{
    measuring = true;
    began = vm_self() == VM_NOBODY ? 0 : processor_now();
    count_waiting(began);
    memcpy(before, counts, processors * sizeof *before);
    busy_before = busy;
}

static void end_measuring(cycles time)
{
    measuring = false;
    finished = true;
    ended = time;
    count_waiting(time);
    busy_after = busy;
    for (unsigned i = 0; i < processors && !of_barrier; i++) {
        counts_add(&sum, &counts[i], &before[i]);
    }
}

static void begin(bool barrier, uint64_t warm, uint64_t number)
{
    of_barrier = barrier;
    warming = warm;
    measured = number;
    passages = 0;
    began = ended = 0;
    measuring = finished = false;
    memset(&sum, 0, sizeof sum);
    memset(before, 0, processors * sizeof *before);
    memset(&busy_before, 0, sizeof busy_before);
    handovers.count = holds.count = releases.count = entries.count = 0;
    for (int side = 0; side < SIDES; side++) {
        waits[side].count = unfinished[side].count = 0;
    }
    worked = idle = 0;
}

/* --- locks -------------------------------------------------------------------------- */

enum { NOT_WAITING };

static uint64_t released_count, requests;
static uint32_t numbers[VM_PROCESSORS]; /* of the request that waits, or NOT_WAITING */
static uint32_t overtaken[VM_PROCESSORS];
static cycles asked[VM_PROCESSORS], entered[VM_PROCESSORS], released[VM_PROCESSORS];
static uint64_t passages_of[VM_PROCESSORS];
static enum side side_of[VM_PROCESSORS]; /* of the last request */
static uint64_t wrote;
static uint64_t passed_over;
static unsigned waiters;
static unsigned concerned;  /* processors that do not work outside */
static cycles last_concern; /* when there was one */
static cycles last_release, last_entry;
static bool handing_over, whole;

void measure_begin_lock(uint64_t warm, uint64_t number, bool turns)
{
    begin(false, warm, number);
    whole = turns;
    released_count = requests = 0;
    passed_over = wrote = 0;
    waiters = concerned = 0;
    last_concern = last_release = last_entry = 0;
    handing_over = false;
    memset(numbers, 0, sizeof numbers);
    memset(passages_of, 0, sizeof passages_of);
    if (warming == 0) {
        begin_measuring();
    }
}

void measure_request(unsigned processor, enum side side)
{
    if (whole && requests == warming) {
        begin_measuring();
    }
    asked[processor] = processor_now();
    side_of[processor] = side;
    numbers[processor] = (uint32_t)++requests;
    overtaken[processor] = 0;
    waiters++;
    if (concerned++ == 0 && measuring) {
        idle += asked[processor] - last_concern;
    }
}

/* Threads that asked before, and still wait, have been passed over once more. */
static void pass_over(unsigned processor)
{
    uint32_t own = numbers[processor];
    numbers[processor] = NOT_WAITING;
    for (unsigned i = 0; i < processors; i++) {
        overtaken[i] += numbers[i] != NOT_WAITING && numbers[i] < own;
    }
}

enum { MOST_ENTRIES = 1 << 20 };

static void add_entry(unsigned processor, cycles after)
{
    if (entries.count < MOST_ENTRIES) {
        add_sample(&entries,
                   (after * SIDES + side_of[processor]) * VM_PROCESSORS + processor);
    }
}

void measure_entry(unsigned processor)
{
    cycles time = processor_now();
    waiters--;
    pass_over(processor);
    entered[processor] = time;
    if (measuring) {
        add_sample(&waits[side_of[processor]], time - asked[processor]);
        if (handing_over) {
            add_sample(&handovers, time - last_release);
        }
        if (overtaken[processor] > passed_over) {
            passed_over = overtaken[processor];
        }
        add_entry(processor, time - last_entry);
    }
    last_entry = time;
}

void measure_release(unsigned processor, cycles stay)
{
    cycles time = processor_now();
    if (measuring) {
        add_sample(&holds, time - entered[processor]);
        worked += stay;
        passages++;
        passages_of[processor]++;
        wrote += side_of[processor] == WRITING;
    }
    released_count++;
    bool cuts = warming > 0 && !whole;
    if (cuts && released_count == warming) {
        begin_measuring();
    } else if (cuts && released_count == warming + measured) {
        end_measuring(time);
        simulation_stop();
    }
    last_release = released[processor] = time;
    handing_over = waiters > 0;
}

void measure_released(unsigned processor)
{
    if (measuring) {
        add_sample(&releases, processor_now() - released[processor]);
    }
    concerned--;
    last_concern = processor_now();
    if (whole && released_count == warming + measured) {
        end_measuring(processor_now());
        simulation_stop();
    }
}

/* --- barriers ----------------------------------------------------------------------- */

static cycles arrived[VM_PROCESSORS];
static bool inside[VM_PROCESSORS]; /* what is measured */
static unsigned began_count, ended_count;

void measure_begin_barrier(uint64_t warm, uint64_t number)
{
    begin(true, warm, number);
    began_count = ended_count = 0;
    memset(inside, 0, sizeof inside);
}

/* Each processor's own counts are cut where it arrives, so that all of what it did for
   the measured episodes is in, and nothing else. The time is from one last arrival to
   another. */
void measure_arrival(unsigned processor, uint64_t episode)
{
    arrived[processor] = processor_now();
    if (episode == warming) {
        before[processor] = counts[processor];
        inside[processor] = true;
        if (++began_count == processors) {
            began = processor_now();
            if (machine.protocol == NO_CACHES) {
                count_waiting(began); /* which modules are busy with, too */
            }
            busy_before = busy;
        }
    } else if (episode == warming + measured) {
        counts_add(&sum, &counts[processor], &before[processor]);
        inside[processor] = false;
        if (++ended_count == processors) {
            end_measuring(processor_now());
            passages = measured;
        }
    }
}

void measure_leaving(unsigned processor)
{
    if (inside[processor]) {
        add_sample(&waits[WRITING], processor_now() - arrived[processor]);
    }
}

/* --- the end ------------------------------------------------------------------------ */

static double part(cycles taken)
{
    double length = (double)(ended - began);
    double share = length > 0 ? (double)taken / length : 0;
    return share > 1 ? 1 : share; /* what the end cuts through is counted whole */
}

static cycles busiest(const cycles *after, const cycles *first)
{
    cycles most = 0;
    for (unsigned i = 0; i < VM_PROCESSORS; i++) {
        most = after[i] - first[i] > most ? after[i] - first[i] : most;
    }
    return most;
}

/* After how many of all that were measured they repeat, at least once; or 0. For each
   beginning of the series: the longest shorter one that it also ends with. */
static uint64_t period_of(const struct samples *series)
{
    static uint32_t ends[MOST_ENTRIES];
    size_t count = series->count;
    if (count == 0 || count == MOST_ENTRIES) {
        return 0;
    }
    ends[0] = 0;
    for (size_t i = 1; i < count; i++) {
        uint32_t length = ends[i - 1];
        while (length > 0 && series->values[i] != series->values[length]) {
            length = ends[length - 1];
        }
        ends[i] = length + (series->values[i] == series->values[length]);
    }
    size_t period = count - ends[count - 1];
    return 2 * period <= count ? period : 0;
}

/* Whoever still waits has waited so long already, and been passed over so often. */
static void add_unfinished(void)
{
    for (unsigned i = 0; i < processors; i++) {
        if (numbers[i] != NOT_WAITING && asked[i] <= ended) {
            add_sample(&unfinished[side_of[i]], ended - asked[i]);
            passed_over = overtaken[i] > passed_over ? overtaken[i] : passed_over;
        }
    }
}

static void judge_fairness(struct result *result)
{
    result->fewest = UINT64_MAX;
    for (unsigned i = 0; i < processors; i++) {
        result->fewest =
            passages_of[i] < result->fewest ? passages_of[i] : result->fewest;
        result->most = passages_of[i] > result->most ? passages_of[i] : result->most;
        result->never += passages_of[i] == 0;
    }
    result->fairness = passages > 0 ? jain_index(passages_of, processors) : 1;
    result->passed_over = passed_over;
    result->period = period_of(&entries);
}

static void append(struct samples *samples, const struct samples *others)
{
    for (size_t i = 0; i < others->count; i++) {
        add_sample(samples, others->values[i]);
    }
}

static void judge_waits(struct result *result)
{
    for (int side = 0; side < SIDES; side++) {
        result->waiting_of[side] = distribution_with(&waits[side], &unfinished[side]);
    }
    append(&waits[WRITING], &waits[READING]);
    append(&unfinished[WRITING], &unfinished[READING]);
    result->unfinished = unfinished[WRITING].count;
    result->waiting = distribution_with(&waits[WRITING], &unfinished[WRITING]);
}

void measure_end(struct result *result)
{
    if (!finished) {
        end_measuring(simulation_time());
    }
    result->interrupted = simulation_interrupted;
    result->passages = passages;
    result->wrote = wrote;
    result->cycles = ended - began;
    result->counts = sum;
    result->bus = part(busy_after.bus - busy_before.bus);
    result->busiest_module = part(busiest(busy_after.modules, busy_before.modules));
    result->busiest_link = part(busiest(busy_after.links, busy_before.links));
    if (!of_barrier) {
        add_unfinished();
    }
    judge_waits(result);
    result->worked = worked;
    result->idle = idle;
    result->handover = distribution_of(&handovers);
    result->holding = distribution_of(&holds);
    result->release = distribution_of(&releases);
    if (!of_barrier) {
        judge_fairness(result);
    }
    result->lines = lines_count();
    result->simulated = counts_accesses();
}

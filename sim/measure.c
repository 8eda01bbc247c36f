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

static struct samples waits, handovers, holds, releases;

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

static struct distribution distribution_of(struct samples *samples)
{
    struct distribution distribution = {.count = samples->count};
    if (samples->count == 0) {
        return distribution;
    }
    qsort(samples->values, samples->count, sizeof *samples->values, compare);
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

/* --- the part of a run that is measured --------------------------------------------- */

static bool of_barrier, measuring, finished;
static uint64_t warming, measured, passages;
static cycles began, ended;
static struct counts before[VM_PROCESSORS]; /* counted when it began */
static struct counts sum;                   /* counted in it */
static struct busy busy_before, busy_after;

static void begin_measuring(void)
{
    measuring = true;
    began = vm_self() == VM_NOBODY ? 0 : processor_now();
    count_waiting(began);
    memcpy(before, counts, sizeof before);
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
    memset(before, 0, sizeof before);
    memset(&busy_before, 0, sizeof busy_before);
    waits.count = handovers.count = holds.count = releases.count = 0;
}

/* --- locks -------------------------------------------------------------------------- */

enum { NOT_WAITING };

static uint64_t released_count, requests;
static uint32_t numbers[VM_PROCESSORS]; /* of the request that waits, or NOT_WAITING */
static uint32_t overtaken[VM_PROCESSORS];
static cycles asked[VM_PROCESSORS], entered[VM_PROCESSORS], released[VM_PROCESSORS];
static uint64_t passages_of[VM_PROCESSORS];
static uint64_t passed_over;
static unsigned waiters;
static cycles last_release;
static bool handing_over;

void measure_begin_lock(uint64_t warm, uint64_t number)
{
    begin(false, warm, number);
    released_count = requests = 0;
    passed_over = 0;
    waiters = 0;
    handing_over = false;
    memset(numbers, 0, sizeof numbers);
    memset(passages_of, 0, sizeof passages_of);
    if (warming == 0) {
        begin_measuring();
    }
}

void measure_request(unsigned processor)
{
    asked[processor] = processor_now();
    numbers[processor] = (uint32_t)++requests;
    overtaken[processor] = 0;
    waiters++;
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

void measure_entry(unsigned processor)
{
    cycles time = processor_now();
    waiters--;
    pass_over(processor);
    entered[processor] = time;
    if (measuring) {
        add_sample(&waits, time - asked[processor]);
        if (handing_over) {
            add_sample(&handovers, time - last_release);
        }
        if (overtaken[processor] > passed_over) {
            passed_over = overtaken[processor];
        }
    }
}

void measure_release(unsigned processor)
{
    cycles time = processor_now();
    if (measuring) {
        add_sample(&holds, time - entered[processor]);
        passages++;
        passages_of[processor]++;
    }
    released_count++;
    if (warming > 0 && released_count == warming) {
        begin_measuring();
    } else if (warming > 0 && released_count == warming + measured) {
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
        add_sample(&waits, processor_now() - arrived[processor]);
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

static void judge_fairness(struct result *result)
{
    result->fewest = UINT64_MAX;
    for (unsigned i = 0; i < processors; i++) {
        result->fewest =
            passages_of[i] < result->fewest ? passages_of[i] : result->fewest;
        result->most = passages_of[i] > result->most ? passages_of[i] : result->most;
    }
    result->fairness = passages > 0 ? jain_index(passages_of, processors) : 1;
    result->passed_over = passed_over;
}

void measure_end(struct result *result)
{
    if (!finished) {
        end_measuring(simulation_time());
    }
    result->interrupted = simulation_interrupted;
    result->passages = passages;
    result->cycles = ended - began;
    result->counts = sum;
    result->bus = part(busy_after.bus - busy_before.bus);
    result->busiest_module = part(busiest(busy_after.modules, busy_before.modules));
    result->busiest_link = part(busiest(busy_after.links, busy_before.links));
    result->waiting = distribution_of(&waits);
    result->handover = distribution_of(&handovers);
    result->holding = distribution_of(&holds);
    result->release = distribution_of(&releases);
    if (!of_barrier) {
        judge_fairness(result);
    }
    result->lines = lines_count();
    result->simulated = counts_accesses();
}

/* SPDX-License-Identifier: MIT */
/* Reader-writer locks, with others that want them. */
#include "bench/lines.h"
#include "bench/measure.h"
#include "bench/section.h"
#include "bench/subject.h"

#include <lockstep/wait.h>
#include <math.h>
#include <stdlib.h>

/* What a thread finds out, on lines of its own. */
struct thread_record {
    alignas(LKS_CACHE_LINE) uint64_t acquired_before[SIDES]; /* while warming up */
    uint64_t acquisitions[SIDES];                            /* since then */
    uint64_t unserved;
    uint64_t failed_tries;
    int64_t tally; /* of the task, from the beginning */
    struct histogram waits[SIDES];
    struct counters counters;
    uint64_t overlaps; /* sections that met half an update, or another writer's */
};

struct rwlock_run {
    const lks_rwlock_class_t *class;
    struct subject subject;
    struct data data;
    struct thread_record *records;
    struct workload workload, check;
    uint64_t write_below; /* a random number that is less says to write */
    uint32_t sample_within[SIDES];
};

/* Takes the lock on that side, does what is to be done, gives it back; notes how long it
   took to get in since it was `asked` for, unless that is 0. */
static void acquire(struct team *team, unsigned self, enum side side, uint32_t which,
                    uint64_t asked, const struct workload *todo, uint32_t *random)
{
    const struct rwlock_run *run = team->shared;
    struct thread_record *record = &run->records[self];
    const lks_rwlock_class_t *class = run->class;
    void *lock = lock_at(&run->subject, which);
    void *node = node_of_thread(&run->subject, self, 0);
    struct guarded *guarded = guarded_at(&run->data, which);
    const uint64_t loops = vary(todo, todo->critical_loops, random);
    if (todo->by_trying) {
        lks_await(
            (side == READ ? class->tryrdlock(lock, node) : class->trywrlock(lock)) ||
            (record->failed_tries++, false));
    } else if (side == READ) {
        class->rdlock(lock, node);
    } else {
        class->wrlock(lock);
    }
    uint64_t entered = asked > 0 ? clock_now() : 0;
    if (side == READ) {
        if (todo->task != NULL) {
            todo->task->look(payload_of(guarded, todo), random);
        }
        record->overlaps += only_read(team, guarded, todo, loops);
        class->rdunlock(lock, node);
    } else {
        const uint64_t number = guarded->first;
        bool overlaps = begin_writing(guarded, todo);
        if (todo->task != NULL) {
            struct payload *payload = payload_of(guarded, todo);
            todo->task->change(&payload, random, &record->tally);
        }
        work(team, loops);
        overlaps |= end_writing(guarded, todo, number);
        record->overlaps += overlaps;
        class->wrunlock(lock);
    }
    if (asked > 0) {
        histogram_add(&record->waits[side],
                      minus_cost(entered - asked, run->workload.clock_ns));
    }
}

/* The warm-up is over: what was found out in it counts no more, but for mistakes. */
static void begin_to_count(struct thread_record *record, const uint64_t acquired[SIDES])
{
    *record = (struct thread_record){
        .acquired_before = {acquired[READ], acquired[WRITE]},
        .overlaps = record->overlaps,
        .tally = record->tally,
    };
    counters_begin(&record->counters);
}

static void work_mixed(struct team *team, unsigned self)
{
    const struct rwlock_run *run = team->shared;
    struct thread_record *record = &run->records[self];
    uint32_t random = first_random(self);
    uint32_t until_sample[SIDES];
    uint64_t acquired[SIDES] = {0, 0};
    double arrival = 0;
    bool counting = false;
    int phase;
    for (int side = 0; side < SIDES; side++) {
        until_sample[side] = next_random(&random) % run->sample_within[side];
    }
    while ((phase = atomic_load_explicit(&team->phase, memory_order_relaxed)) != OVER) {
        if (phase == COUNTING && !counting) {
            counting = true;
            begin_to_count(record, acquired);
            arrival = 0; /* nothing is left from before */
        }
        const struct workload *todo = phase == CHECKING ? &run->check : &run->workload;
        enum side side = next_random(&random) < run->write_below ? WRITE : READ;
        uint32_t chosen[MOST_HELD];
        choose_locks(todo, &random, chosen);
        uint64_t asked = 0;
        if (todo->interval_ns > 0) {
            plan_arrival(&arrival, todo->interval_ns, &random);
            if (!await_arrival(team, arrival)) {
                break;
            }
            asked = (uint64_t)arrival;
        } else if (is_sample(&until_sample[side], run->sample_within[side], &random)) {
            asked = clock_now();
        }
        acquire(team, self, side, chosen[0], asked, todo, &random);
        acquired[side]++;
        if (todo->interval_ns == 0) {
            work(team, vary(todo, todo->outside_loops, &random));
        }
    }
    if (!counting) {
        begin_to_count(record, acquired);
    }
    counters_end(&record->counters);
    if (arrival > 0) {
        /* As which they would have come is not known: as most do. */
        enum side most = run->write_below > 0x80000000u ? WRITE : READ;
        record->unserved = note_unserved(&record->waits[most], arrival,
                                         run->workload.interval_ns, &random);
    }
    for (int side = 0; side < SIDES; side++) {
        record->acquisitions[side] = acquired[side] - record->acquired_before[side];
    }
}

/* Adds up what the threads of a run that took `elapsed_ns` found out. */
static void evaluate(struct rwlock_run *run, unsigned threads, double elapsed_ns,
                     struct outcome *outcome)
{
    uint64_t *served = calloc(threads, sizeof *served);
    struct thread_record *all = allocate_lines(sizeof *all);
    if (served == NULL) {
        abort();
    }
    for (unsigned i = 0; i < threads; i++) {
        const struct thread_record *record = &run->records[i];
        for (int side = 0; side < SIDES; side++) {
            served[i] += record->acquisitions[side];
            all->acquired_before[side] += record->acquired_before[side];
            all->acquisitions[side] += record->acquisitions[side];
            histogram_merge(&all->waits[side], &record->waits[side]);
        }
        all->overlaps += record->overlaps;
        all->unserved += record->unserved;
        all->tally += record->tally;
        all->failed_tries += record->failed_tries;
        add_counters(&all->counters, &record->counters);
    }
    set_counters(outcome, &all->counters,
                 all->acquisitions[READ] + all->acquisitions[WRITE]);
    double *values = outcome->values;
    values[READS] = (double)all->acquisitions[READ] / elapsed_ns * 1e3;
    values[WRITES] = (double)all->acquisitions[WRITE] / elapsed_ns * 1e3;
    values[ACQUISITIONS] = values[READS] + values[WRITES];
    if (values[ACQUISITIONS] > 0) {
        values[JAIN] = jain_index(served, threads);
        if (run->workload.by_trying) {
            values[FAILED_TRIES] =
                (double)all->failed_tries /
                (double)(all->acquisitions[READ] + all->acquisitions[WRITE]);
        }
    }
    if (run->workload.interval_ns > 0) {
        uint64_t arrivals =
            all->unserved + all->acquisitions[READ] + all->acquisitions[WRITE];
        values[UNSERVED_SHARE] = (double)all->unserved / fmax(1, (double)arrivals);
    }
    values[BYTES_PER_LOCK] = (double)run->subject.lock_size;
    values[BYTES_PER_THREAD] = (double)run->subject.node_size;
    set_waits(outcome, READ_WAIT_MEDIAN_NS, &all->waits[READ]);
    set_waits(outcome, WRITE_WAIT_MEDIAN_NS, &all->waits[WRITE]);
    set_soundness(outcome, all->acquired_before[WRITE] + all->acquisitions[WRITE],
                  updates_of(&run->data, run->subject.count), all->overlaps);
    if (run->workload.task != NULL) {
        set_wrong_results(outcome, errors_in(&run->data, &run->workload, all->tally));
    }
    free(all);
    free(served);
}

/* For is_sample: of whichever side is the rarer one, more are timed, so that there are
   about as many of both as long as there can be. `share`: from 0 to 1. */
static uint32_t sample_within(double share)
{
    return (uint32_t)fmax(1, 2 * SAMPLE_EVERY * fmin(1, 2 * share));
}

struct outcome measure_rwlock(const struct competitor *competitor, unsigned threads,
                              double writes, const struct conditions *conditions)
{
    struct outcome outcome = no_outcome();
    struct rwlock_run *run = allocate_lines(sizeof *run);
    struct team *team = allocate_lines(sizeof *team);
    run->class = competitor->rwlock;
    run->records = allocate_lines(threads * sizeof *run->records);
    run->workload = workload_of(conditions, threads);
    run->check = check_of(conditions);
    run->subject = make_subject(competitor, threads, run->workload.locks->count, 1);
    run->data = make_data(&run->workload, threads);
    run->write_below = (uint64_t)(writes / 100 * 0x1p32);
    run->sample_within[READ] = sample_within(1 - writes / 100);
    run->sample_within[WRITE] = sample_within(writes / 100);
    team->count = threads;
    team->placement = &conditions->placement;
    team->company = &outcome.company;
    team->work = work_mixed;
    team->shared = run;
    double elapsed = team_run(team, conditions->duration_ns);
    if (elapsed < 0) {
        outcome.verdict = HANGS;
        return outcome;
    }
    evaluate(run, threads, elapsed, &outcome);
    free(team);
    free_subject(competitor, &run->subject);
    free(run->data.memory);
    free(run->records);
    free(run);
    return outcome;
}

/* SPDX-License-Identifier: MIT */
/* Locks, with others that want them. */
#include "bench/lines.h"
#include "bench/measure.h"
#include "bench/subject.h"
#include "bench/workload.h"

#include <stdlib.h>

/* What a thread finds out, on lines of its own. */
struct thread_record {
    alignas(LKS_CACHE_LINE) uint64_t acquired_before; /* while warming up */
    uint64_t acquisitions;                            /* since then */
    uint64_t entered_again; /* entries by this thread right after its own */
    struct histogram waits;
    struct histogram handovers;
};

/* The data that the lock protects: plain variables, on two lines. */
struct lock_run {
    alignas(LKS_CACHE_LINE) uint64_t first;
    uint64_t released_at; /* when, if the last release was timed; else 0 */
    unsigned last;        /* the thread that was inside last */
    alignas(LKS_CACHE_LINE) uint64_t second;

    /* Not written during the run. */
    alignas(LKS_CACHE_LINE) const lks_lock_class_t *class;
    struct subject subject;
    struct thread_record *records;
    struct workload workload;
};

/* The critical section of thread `self`. */
static void critical_section(const struct team *team, struct thread_record *record,
                             unsigned self)
{
    struct lock_run *run = team->shared;
    if (run->released_at != 0) {
        if (run->last != self) {
            histogram_add(&record->handovers, minus_cost(clock_now() - run->released_at,
                                                         run->workload.clock_ns));
        }
        run->released_at = 0;
    }
    run->first++;
    run->second++;
    record->entered_again += run->last == self;
    run->last = self;
    work(team, run->workload.critical_loops);
}

static void work_contended(struct team *team, unsigned self)
{
    struct lock_run *run = team->shared;
    struct thread_record *record = &run->records[self];
    const lks_lock_class_t *class = run->class;
    void *lock = run->subject.lock;
    void *node = node_of_thread(&run->subject, self);
    uint32_t random = first_random(self);
    uint32_t until_sample = next_random(&random) % (2 * SAMPLE_EVERY);
    uint64_t acquisitions = 0;
    bool counting = false;
    int phase;
    while ((phase = atomic_load_explicit(&team->phase, memory_order_relaxed)) != OVER) {
        if (phase == COUNTING && !counting) {
            counting = true;
            *record = (struct thread_record){.acquired_before = acquisitions};
        }
        if (!is_sample(&until_sample, 2 * SAMPLE_EVERY, &random)) {
            class->lock(lock, node);
            critical_section(team, record, self);
        } else {
            uint64_t asked = clock_now();
            class->lock(lock, node);
            uint64_t entered = clock_now();
            histogram_add(&record->waits,
                          minus_cost(entered - asked, run->workload.clock_ns));
            critical_section(team, record, self);
            run->released_at = clock_now();
        }
        class->unlock(lock, node);
        acquisitions++;
        work(team, run->workload.outside_loops);
    }
    if (!counting) {
        *record = (struct thread_record){.acquired_before = acquisitions};
    }
    record->acquisitions = acquisitions - record->acquired_before;
}

/* Adds up what the threads of a run that took `elapsed_ns` found out. */
static void evaluate(struct lock_run *run, unsigned threads, double elapsed_ns,
                     struct outcome *outcome)
{
    uint64_t *served = calloc(threads, sizeof *served);
    struct thread_record *all = allocate_lines(sizeof *all);
    if (served == NULL) {
        abort();
    }
    for (unsigned i = 0; i < threads; i++) {
        const struct thread_record *record = &run->records[i];
        served[i] = record->acquisitions;
        all->acquired_before += record->acquired_before;
        all->acquisitions += record->acquisitions;
        all->entered_again += record->entered_again;
        histogram_merge(&all->waits, &record->waits);
        histogram_merge(&all->handovers, &record->handovers);
    }
    double *values = outcome->values;
    values[ACQUISITIONS] = (double)all->acquisitions / elapsed_ns * 1e3;
    if (all->acquisitions > 0) {
        values[JAIN] = jain_index(served, threads);
        values[SAME_THREAD] = (double)all->entered_again / (double)all->acquisitions;
    }
    set_waits(outcome, WAIT_MEDIAN_NS, &all->waits);
    if (all->handovers.total > 0) {
        values[HANDOVER_NS] = histogram_percentile(&all->handovers, 0.5);
    }
    uint64_t updates = all->acquired_before + all->acquisitions;
    if (run->first != updates || run->second != updates) {
        outcome->verdict = LOST_UPDATES;
    }
    free(all);
    free(served);
}

struct outcome measure_lock(const struct competitor *competitor, unsigned threads,
                            const struct conditions *conditions)
{
    struct outcome outcome = no_outcome();
    struct lock_run *run = allocate_lines(sizeof *run);
    struct team *team = allocate_lines(sizeof *team);
    run->class = competitor->lock;
    run->subject = make_subject(competitor, threads);
    run->records = allocate_lines(threads * sizeof *run->records);
    run->workload = workload_of(conditions);
    run->last = threads; /* none */
    team->count = threads;
    team->placement = &conditions->placement;
    team->company = &outcome.company;
    team->work = work_contended;
    team->shared = run;
    double elapsed = team_run(team, conditions->duration_ns);
    if (elapsed < 0) {
        outcome.verdict = HANGS;
        return outcome;
    }
    evaluate(run, threads, elapsed, &outcome);
    free(team);
    free_subject(competitor, &run->subject);
    free(run->records);
    free(run);
    return outcome;
}

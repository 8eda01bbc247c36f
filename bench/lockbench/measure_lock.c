/* SPDX-License-Identifier: MIT */
/* Locks: alone, and with others that want them. */
#include "competitors.h"
#include "measure.h"
#include "statistics.h"

#include <math.h>
#include <stdlib.h>

/* A lock of some class, with a node for each thread. */
struct lock_under_test {
    const lks_lock_class_t *class;
    void *lock;
    char *nodes;
    size_t stride;
};

static struct lock_under_test make_lock(const lks_lock_class_t *class, unsigned threads)
{
    size_t stride = LKS_WHOLE_LINES(class->node_size);
    struct lock_under_test subject = {
        .class = class,
        .lock = allocate_lines(class->size(threads)),
        .nodes = stride > 0 ? allocate_lines(stride * threads) : NULL,
        .stride = stride};
    if (class->init(subject.lock, threads) != 0) {
        abort(); /* no class refuses its own size and a thread or more */
    }
    return subject;
}

static void *node_of(const struct lock_under_test *subject, unsigned self)
{
    return subject->nodes != NULL ? subject->nodes + self * subject->stride : NULL;
}

static void free_lock(struct lock_under_test *subject)
{
    subject->class->destroy(subject->lock);
    free(subject->lock);
    free(subject->nodes);
}

/* --- alone --- */

struct alone {
    struct lock_under_test subject;
    double ns;
};

/* Best of many batches, with and without the lock; runs in a thread of its own, since the
   C library makes some locks cheaper while a program has only one thread. */
static void work_alone(struct team *team, unsigned self)
{
    enum { BATCHES = 100 };
    const uint64_t PER_BATCH = 1000;
    struct alone *alone = team->shared;
    void *node = node_of(&alone->subject, self);
    double best = 0;
    double best_empty = 0;
    for (int batch = 0; batch < BATCHES; batch++) {
        uint64_t start = now();
        lock_and_unlock(alone->subject.class, alone->subject.lock, node, PER_BATCH);
        uint64_t middle = now();
        only_loop(PER_BATCH);
        uint64_t end = now();
        double with = (double)(middle - start);
        double empty = (double)(end - middle);
        best = batch == 0 || with < best ? with : best;
        best_empty = batch == 0 || empty < best_empty ? empty : best_empty;
    }
    alone->ns = (best - best_empty) / (double)PER_BATCH;
}

struct outcome measure_latency(const lks_lock_class_t *class,
                               const struct conditions *conditions)
{
    struct outcome outcome = no_outcome();
    struct alone *alone = allocate_lines(sizeof *alone);
    struct team *team = allocate_lines(sizeof *team);
    team->count = 1;
    team->placement = &conditions->placement;
    team->work = work_alone;
    team->shared = alone;
    alone->subject = make_lock(class, 1);
    if (team_run(team, 0) < 0) {
        outcome.verdict = HANGS;
        return outcome;
    }
    free(team);
    free_lock(&alone->subject);
    outcome.values[LATENCY_NS] = alone->ns;
    outcome.values[LATENCY_CYCLES] = alone->ns * conditions->clock.cycles_per_ns;
    free(alone);
    return outcome;
}

/* --- with others --- */

/* A thread times one in this many of its acquisitions, on average. */
enum { SAMPLE_EVERY = 32 };

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
    alignas(LKS_CACHE_LINE) struct lock_under_test subject;
    struct thread_record *records;
    uint64_t critical_loops;
    uint64_t outside_loops;
    uint64_t clock_ns;
};

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static uint64_t minus_cost(uint64_t elapsed, uint64_t cost)
{
    return elapsed > cost ? elapsed - cost : 0;
}

/* Works for `loops` iterations, or until it is over. */
static void work(const struct team *team, uint64_t loops)
{
    enum { AT_ONCE = 100000 };
    while (loops > AT_ONCE &&
           atomic_load_explicit(&team->phase, memory_order_relaxed) != OVER) {
        spend(AT_ONCE);
        loops -= AT_ONCE;
    }
    spend(loops < AT_ONCE ? loops : AT_ONCE);
}

/* The critical section of thread `self`. */
static void critical_section(const struct team *team, struct thread_record *record,
                             unsigned self)
{
    struct lock_run *run = team->shared;
    if (run->released_at != 0) {
        if (run->last != self) {
            histogram_add(&record->handovers,
                          minus_cost(now() - run->released_at, run->clock_ns));
        }
        run->released_at = 0;
    }
    run->first++;
    run->second++;
    record->entered_again += run->last == self;
    run->last = self;
    work(team, run->critical_loops);
}

static void work_contended(struct team *team, unsigned self)
{
    struct lock_run *run = team->shared;
    struct thread_record *record = &run->records[self];
    const lks_lock_class_t *class = run->subject.class;
    void *lock = run->subject.lock;
    void *node = node_of(&run->subject, self);
    uint32_t random = 2654435769u * (self + 1);
    uint32_t until_sample = next_random(&random) % (2 * SAMPLE_EVERY);
    uint64_t acquisitions = 0;
    bool counting = false;
    int phase;
    while ((phase = atomic_load_explicit(&team->phase, memory_order_relaxed)) != OVER) {
        if (phase == COUNTING && !counting) {
            counting = true;
            *record = (struct thread_record){.acquired_before = acquisitions};
        }
        if (until_sample > 0) {
            until_sample--;
            class->lock(lock, node);
            critical_section(team, record, self);
        } else {
            until_sample = next_random(&random) % (2 * SAMPLE_EVERY);
            uint64_t asked = now();
            class->lock(lock, node);
            uint64_t entered = now();
            histogram_add(&record->waits, minus_cost(entered - asked, run->clock_ns));
            critical_section(team, record, self);
            run->released_at = now();
        }
        class->unlock(lock, node);
        acquisitions++;
        work(team, run->outside_loops);
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
    if (all->waits.total > 0) {
        values[WAIT_MEDIAN_NS] = histogram_percentile(&all->waits, 0.5);
        values[WAIT_P99_NS] = histogram_percentile(&all->waits, 0.99);
        values[WAIT_P999_NS] = histogram_percentile(&all->waits, 0.999);
        values[WAIT_MAX_NS] = (double)all->waits.maximum;
    }
    if (all->handovers.total > 0) {
        values[HANDOVER_NS] = histogram_percentile(&all->handovers, 0.5);
    }
    uint64_t updates = all->acquired_before + all->acquisitions;
    if (run->first != updates || run->second != updates) {
        outcome->verdict = BROKEN;
    }
    free(all);
    free(served);
}

struct outcome measure_lock(const lks_lock_class_t *class, unsigned threads,
                            const struct conditions *conditions)
{
    struct outcome outcome = no_outcome();
    struct lock_run *run = allocate_lines(sizeof *run);
    struct team *team = allocate_lines(sizeof *team);
    double loops_per_ns = conditions->clock.loops_per_ns;
    run->subject = make_lock(class, threads);
    run->records = allocate_lines(threads * sizeof *run->records);
    run->critical_loops = (uint64_t)(conditions->critical_ns * loops_per_ns);
    run->outside_loops = (uint64_t)(conditions->outside_ns * loops_per_ns);
    run->clock_ns = (uint64_t)conditions->clock.read_ns;
    run->last = threads; /* nobody */
    team->count = threads;
    team->placement = &conditions->placement;
    team->work = work_contended;
    team->shared = run;
    double elapsed = team_run(team, conditions->duration_ns);
    if (elapsed < 0) {
        outcome.verdict = HANGS;
        return outcome;
    }
    evaluate(run, threads, elapsed, &outcome);
    free(team);
    free_lock(&run->subject);
    free(run->records);
    free(run);
    return outcome;
}

/* SPDX-License-Identifier: MIT */
/* Locks: alone, and with others that want them. */
#include "competitors.h"
#include "measure.h"
#include "statistics.h"

#include <math.h>
#include <stdlib.h>

const struct metric_facts metric_facts[METRICS] = {
    [LATENCY_NS] = {"latency", "ns", LATENCY},
    [LATENCY_CYCLES] = {"latency_cycles", "cycles", LATENCY},
    [ACQUISITIONS] = {"acquisitions", "million/s", LOCK},
    [HANDOVER_NS] = {"handover", "ns", LOCK},
    [JAIN] = {"jain", "", LOCK},
    [SAME_THREAD] = {"same_thread", "share", LOCK},
    [WAIT_MEDIAN_NS] = {"wait_median", "ns", LOCK},
    [WAIT_P99_NS] = {"wait_p99", "ns", LOCK},
    [WAIT_P999_NS] = {"wait_p99.9", "ns", LOCK},
    [WAIT_MAX_NS] = {"wait_max", "ns", LOCK},
    [EPISODE_NS] = {"episode", "ns", BARRIER},
};

struct outcome no_outcome(void)
{
    struct outcome outcome = {.verdict = SOUND};
    for (int i = 0; i < METRICS; i++) {
        outcome.values[i] = NAN;
    }
    return outcome;
}

uint64_t patience(const struct conditions *conditions, unsigned threads)
{
    return 10u * (uint64_t)1000000000u +
           (uint64_t)(4 * threads * (conditions->critical_ns + conditions->outside_ns));
}

/* A lock of some class, with a node for each thread. */
struct subject {
    const lks_lock_class_t *class;
    void *lock;
    char *nodes;
    size_t stride;
};

static struct subject make_subject(const lks_lock_class_t *class, unsigned threads)
{
    size_t stride =
        (class->node_size + LKS_CACHE_LINE - 1) / LKS_CACHE_LINE * LKS_CACHE_LINE;
    struct subject subject = {.class = class,
                              .lock = allocate_lines(class->size(threads)),
                              .nodes =
                                  stride > 0 ? allocate_lines(stride * threads) : NULL,
                              .stride = stride};
    if (class->init(subject.lock, threads) != 0) {
        abort(); /* no class refuses its own size and a thread or more */
    }
    return subject;
}

static void *node_of(const struct subject *subject, unsigned self)
{
    return subject->nodes != NULL ? subject->nodes + self * subject->stride : NULL;
}

static void free_subject(struct subject *subject)
{
    subject->class->destroy(subject->lock);
    free(subject->lock);
    free(subject->nodes);
}

/* --- alone ----------------------------------------------------------------------------
 */

struct alone {
    struct subject subject;
    double ns;
};

/* Best of many batches, with and without the lock; runs in a thread of its own, since the
   C library makes some locks cheaper while a program has only one thread. */
static void work_alone(struct team *team, unsigned self)
{
    enum { BATCHES = 100, PER_BATCH = 1000 };
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
    alone->ns = (best - best_empty) / PER_BATCH;
}

struct outcome measure_latency(const lks_lock_class_t *class,
                               const struct conditions *conditions)
{
    struct outcome outcome = no_outcome();
    struct alone *alone = allocate_lines(sizeof *alone);
    struct team *team = allocate_lines(sizeof *team);
    team->count = 1;
    team->patience_ns = patience(conditions, 1);
    team->placement = &conditions->placement;
    team->work = work_alone;
    team->shared = alone;
    alone->subject = make_subject(class, 1);
    if (team_run(team, 0) < 0) {
        outcome.verdict = HANGS;
        return outcome;
    }
    free(team);
    free_subject(&alone->subject);
    outcome.values[LATENCY_NS] = alone->ns;
    outcome.values[LATENCY_CYCLES] = alone->ns * conditions->clock.cycles_per_ns;
    free(alone);
    return outcome;
}

/* --- with others ----------------------------------------------------------------------
 */

/* A thread times one in this many of its acquisitions, on average. */
enum { SAMPLE_EVERY = 32 };

/* What a thread finds out, on lines of its own. */
struct witness {
    alignas(LKS_CACHE_LINE) uint64_t acquired_before; /* while warming up */
    uint64_t acquisitions;                            /* since then */
    uint64_t entered_again; /* entries by this thread right after its own */
    struct histogram waits;
    struct histogram handovers;
};

/* The data that the lock protects: plain variables, on two lines. */
struct contest {
    alignas(LKS_CACHE_LINE) uint64_t first;
    uint64_t released_at; /* when, if the last release was timed; else 0 */
    unsigned last;        /* the thread that was inside last */
    alignas(LKS_CACHE_LINE) uint64_t second;

    alignas(LKS_CACHE_LINE) struct subject subject; /* not written during the run */
    struct witness *witnesses;
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

static uint64_t less(uint64_t elapsed, uint64_t cost)
{
    return elapsed > cost ? elapsed - cost : 0;
}

/* The critical section of thread `self`. */
static void inside(struct contest *contest, struct witness *witness, unsigned self)
{
    if (contest->released_at != 0) {
        if (contest->last != self) {
            histogram_add(&witness->handovers,
                          less(now() - contest->released_at, contest->clock_ns));
        }
        contest->released_at = 0;
    }
    contest->first++;
    contest->second++;
    witness->entered_again += contest->last == self;
    contest->last = self;
    spend(contest->critical_loops);
}

static void work_contended(struct team *team, unsigned self)
{
    struct contest *contest = team->shared;
    struct witness *witness = &contest->witnesses[self];
    const lks_lock_class_t *class = contest->subject.class;
    void *lock = contest->subject.lock;
    void *node = node_of(&contest->subject, self);
    uint32_t random = 2654435769u * (self + 1);
    uint32_t until_sample = next_random(&random) % (2 * SAMPLE_EVERY);
    uint64_t acquisitions = 0;
    bool counting = false;
    int phase;
    while ((phase = atomic_load_explicit(&team->phase, memory_order_relaxed)) != OVER) {
        if (phase == COUNTING && !counting) {
            counting = true;
            *witness = (struct witness){.acquired_before = acquisitions};
        }
        if (until_sample > 0) {
            until_sample--;
            class->lock(lock, node);
            inside(contest, witness, self);
        } else {
            until_sample = next_random(&random) % (2 * SAMPLE_EVERY);
            uint64_t asked = now();
            class->lock(lock, node);
            uint64_t entered = now();
            histogram_add(&witness->waits, less(entered - asked, contest->clock_ns));
            inside(contest, witness, self);
            contest->released_at = now();
        }
        class->unlock(lock, node);
        acquisitions++;
        spend(contest->outside_loops);
    }
    if (!counting) {
        *witness = (struct witness){.acquired_before = acquisitions};
    }
    witness->acquisitions = acquisitions - witness->acquired_before;
}

/* Adds up what the threads of a run that took `elapsed_ns` found out. */
static void evaluate(struct contest *contest, unsigned threads, double elapsed_ns,
                     struct outcome *outcome)
{
    uint64_t *served = calloc(threads, sizeof *served);
    struct witness *all = allocate_lines(sizeof *all);
    if (served == NULL) {
        abort();
    }
    for (unsigned i = 0; i < threads; i++) {
        const struct witness *witness = &contest->witnesses[i];
        served[i] = witness->acquisitions;
        all->acquired_before += witness->acquired_before;
        all->acquisitions += witness->acquisitions;
        all->entered_again += witness->entered_again;
        histogram_merge(&all->waits, &witness->waits);
        histogram_merge(&all->handovers, &witness->handovers);
    }
    double *values = outcome->values;
    values[ACQUISITIONS] = (double)all->acquisitions / elapsed_ns * 1e3;
    values[JAIN] = jain_index(served, threads);
    if (all->acquisitions > 0) {
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
    if (contest->first != updates || contest->second != updates) {
        outcome->verdict = BROKEN;
    }
    free(all);
    free(served);
}

struct outcome measure_lock(const lks_lock_class_t *class, unsigned threads,
                            const struct conditions *conditions)
{
    struct outcome outcome = no_outcome();
    struct contest *contest = allocate_lines(sizeof *contest);
    struct team *team = allocate_lines(sizeof *team);
    double loops_per_ns = conditions->clock.loops_per_ns;
    contest->subject = make_subject(class, threads);
    contest->witnesses = allocate_lines(threads * sizeof *contest->witnesses);
    contest->critical_loops = (uint64_t)(conditions->critical_ns * loops_per_ns);
    contest->outside_loops = (uint64_t)(conditions->outside_ns * loops_per_ns);
    contest->clock_ns = (uint64_t)conditions->clock.read_ns;
    contest->last = threads; /* nobody */
    team->count = threads;
    team->patience_ns = patience(conditions, threads);
    team->placement = &conditions->placement;
    team->work = work_contended;
    team->shared = contest;
    double elapsed = team_run(team, conditions->duration_ns);
    if (elapsed < 0) {
        outcome.verdict = HANGS;
        return outcome;
    }
    evaluate(contest, threads, elapsed, &outcome);
    free(team);
    free_subject(&contest->subject);
    free(contest->witnesses);
    free(contest);
    return outcome;
}

/* SPDX-License-Identifier: MIT */
/* Barriers. */
#include "bench/lines.h"
#include "bench/moments.h"
#include "bench/workload.h"
#include "common/memory.h"
#include "common/tool.h"

#include <stdlib.h>

/* One episode in this many is checked: each thread must see its neighbour's mark. At
   first it is every other one; not each, as the neighbour may be at the next one. */
enum { CHECK_EVERY = 16 };
static const uint64_t CHECK_FIRST = 10000;

/* A thread's mark: the last episode that it has entered, of those that are checked. */
struct mark {
    alignas(LKS_CACHE_LINE) uint64_t episode; /* plain: the barrier orders it */
    bool left_early;
    uint64_t wrong; /* results of its work */
    struct counters counters;
};

struct barrier_run {
    /* From the first of these episodes on it counts, the last one ends it, once thread 0
       has decided on them. It times those from first + 2 on: in the one before all have
       begun to count. */
    alignas(LKS_CACHE_LINE) _Atomic(uint64_t) first;
    _Atomic(uint64_t) last;
    alignas(LKS_CACHE_LINE) const lks_barrier_class_t *class;
    void *barrier;
    struct mark *marks;
    struct moments *moments; /* of each thread */
    struct grid *grid;       /* NULL: none is worked on */
    struct workload workload;
    double ns_per_episode;
};

/* Thread 0 decides, before it enters the episode: all others know when they leave it. */
static void decide(struct team *team, uint64_t episode)
{
    struct barrier_run *run = team->shared;
    int phase = atomic_load_explicit(&team->phase, memory_order_relaxed);
    uint64_t first = atomic_load_explicit(&run->first, memory_order_relaxed);
    if (phase >= COUNTING && first == UINT64_MAX) {
        atomic_store_explicit(&run->first, episode, memory_order_relaxed);
    } else if (phase == OVER && episode >= first + 2) {
        atomic_store_explicit(&run->last, episode, memory_order_relaxed);
    }
}

static void work_barrier(struct team *team, unsigned self)
{
    struct barrier_run *run = team->shared;
    const lks_barrier_class_t *class = run->class;
    struct mark *mine = &run->marks[self];
    struct moments *moments = &run->moments[self];
    const struct workload *todo = &run->workload;
    uint32_t random = first_random(self);
    const struct mark *neighbour = &run->marks[(self + 1) % team->count];
    uint64_t start = 0;
    uint64_t episode = 0;
    uint64_t first;
    do {
        episode++;
        work(team, vary(todo, todo->between_loops, &random));
        if (run->grid != NULL) {
            mine->wrong += !grid_work(run->grid, self, episode);
        }
        if (self == 0) {
            decide(team, episode);
        }
        bool checked = episode % (episode < CHECK_FIRST ? 2 : CHECK_EVERY) == 0;
        if (checked) {
            mine->episode = episode;
        }
        if (is_kept(moments, episode)) {
            struct moment moment = {.came = clock_now()};
            class->wait(run->barrier, self);
            moment.left = clock_now();
            keep_moment(moments, episode, moment);
        } else {
            class->wait(run->barrier, self);
        }
        if (checked && neighbour->episode != episode) {
            mine->left_early = true;
        }
        first = atomic_load_explicit(&run->first, memory_order_relaxed);
        if (episode == first) {
            counters_begin(&mine->counters);
        } else if (self == 0 && episode == first + 1) {
            start = clock_now();
        }
    } while (episode < atomic_load_explicit(&run->last, memory_order_relaxed));
    if (self == 0) {
        run->ns_per_episode =
            (double)(clock_now() - start) / (double)(episode - first - 1);
    }
    counters_end(&mine->counters);
}

static void set_moments(const struct barrier_run *run, unsigned threads,
                        struct outcome *outcome)
{
    struct histogram *waits = zeroed(1, sizeof *waits);
    struct histogram *imbalances = zeroed(1, sizeof *imbalances);
    evaluate_moments(run->moments, threads,
                     atomic_load_explicit(&run->first, memory_order_relaxed) + 2,
                     atomic_load_explicit(&run->last, memory_order_relaxed),
                     run->workload.clock_ns, waits, imbalances);
    set_waits(outcome, WAIT_MEDIAN_NS, waits);
    if (imbalances->total > 0) {
        outcome->values[IMBALANCE_MEDIAN_NS] = histogram_percentile(imbalances, 0.5);
        outcome->values[IMBALANCE_MAX_NS] = (double)imbalances->maximum;
    }
    free(waits);
    free(imbalances);
}

struct outcome measure_barrier(const struct competitor *competitor, unsigned threads,
                               const struct conditions *conditions)
{
    const lks_barrier_class_t *class = competitor->barrier;
    struct outcome outcome = no_outcome();
    struct barrier_run *run = allocate_lines(sizeof *run);
    struct team *team = allocate_lines(sizeof *team);
    atomic_store_explicit(&run->first, UINT64_MAX, memory_order_relaxed);
    atomic_store_explicit(&run->last, UINT64_MAX, memory_order_relaxed);
    run->class = class;
    run->barrier = allocate_lines(class->size(threads));
    run->marks = allocate_lines(threads * sizeof *run->marks);
    run->workload = workload_of(conditions, threads);
    run->grid = conditions->has_grid ? grid_make(threads) : NULL;
    run->moments = allocate_lines(threads * sizeof *run->moments);
    for (unsigned i = 0; i < threads; i++) {
        run->moments[i].every = 1;
    }
    int error = class->init(run->barrier, threads);
    if (error != 0) { /* the user's; none of the catalog refuses a thread or more */
        refuse("%s: its init returned %d for %u thread%s", competitor->name, error,
               threads, threads == 1 ? "" : "s");
    }
    team->count = threads;
    team->placement = &conditions->placement;
    team->company = &outcome.company;
    team->work = work_barrier;
    team->start = competitor->start;
    team->shared = run;
    if (team_run(team, conditions->duration_ns) < 0) {
        outcome.verdict = HANGS;
        return outcome;
    }
    outcome.values[EPISODE_NS] = run->ns_per_episode;
    struct counters counters = {.begun = false};
    uint64_t wrong = 0;
    for (unsigned i = 0; i < threads; i++) {
        if (run->marks[i].left_early) {
            outcome.verdict = LEFT_EARLY;
        }
        wrong += run->marks[i].wrong;
        add_counters(&counters, &run->marks[i].counters);
    }
    set_counters(&outcome, &counters,
                 atomic_load_explicit(&run->last, memory_order_relaxed) -
                     atomic_load_explicit(&run->first, memory_order_relaxed));
    if (run->grid != NULL) {
        set_wrong_results(&outcome, wrong);
        grid_free(run->grid);
    }
    if (outcome.verdict == SOUND) {
        set_moments(run, threads, &outcome);
    }
    free(run->moments);
    class->destroy(run->barrier);
    free(run->barrier);
    free(run->marks);
    free(team);
    free(run);
    return outcome;
}

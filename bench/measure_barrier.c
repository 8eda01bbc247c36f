/* SPDX-License-Identifier: MIT */
/* Barriers. */
#include "bench/lines.h"
#include "bench/measure.h"
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
};

struct barrier_run {
    /* The last episode, once thread 0 has decided on it. */
    alignas(LKS_CACHE_LINE) _Atomic(uint64_t) last;
    alignas(LKS_CACHE_LINE) const lks_barrier_class_t *class;
    void *barrier;
    struct mark *marks;
    double ns_per_episode;
};

static void work_barrier(struct team *team, unsigned self)
{
    struct barrier_run *run = team->shared;
    const lks_barrier_class_t *class = run->class;
    struct mark *mine = &run->marks[self];
    const struct mark *neighbour = &run->marks[(self + 1) % team->count];
    uint64_t start = 0;
    uint64_t before = 0; /* episodes while warming up */
    uint64_t episode = 0;
    do {
        episode++;
        if (self == 0) {
            int phase = atomic_load_explicit(&team->phase, memory_order_relaxed);
            if (phase >= COUNTING && start == 0) {
                start = clock_now();
                before = episode - 1;
            }
            /* All threads know of it when they leave this episode. */
            if (phase == OVER) {
                atomic_store_explicit(&run->last, episode, memory_order_relaxed);
            }
        }
        bool checked = episode % (episode < CHECK_FIRST ? 2 : CHECK_EVERY) == 0;
        if (checked) {
            mine->episode = episode;
        }
        class->wait(run->barrier, self);
        if (checked && neighbour->episode != episode) {
            mine->left_early = true;
        }
    } while (episode < atomic_load_explicit(&run->last, memory_order_relaxed));
    if (self == 0) {
        run->ns_per_episode = (double)(clock_now() - start) / (double)(episode - before);
    }
}

struct outcome measure_barrier(const struct competitor *competitor, unsigned threads,
                               const struct conditions *conditions)
{
    const lks_barrier_class_t *class = competitor->barrier;
    struct outcome outcome = no_outcome();
    struct barrier_run *run = allocate_lines(sizeof *run);
    struct team *team = allocate_lines(sizeof *team);
    atomic_store_explicit(&run->last, UINT64_MAX, memory_order_relaxed);
    run->class = class;
    run->barrier = allocate_lines(class->size(threads));
    run->marks = allocate_lines(threads * sizeof *run->marks);
    int error = class->init(run->barrier, threads);
    if (error != 0) { /* the user's; none of the catalog refuses a thread or more */
        refuse("%s: its init returned %d for %u thread%s", competitor->name, error,
               threads, threads == 1 ? "" : "s");
    }
    team->count = threads;
    team->placement = &conditions->placement;
    team->company = &outcome.company;
    team->work = work_barrier;
    team->shared = run;
    if (team_run(team, conditions->duration_ns) < 0) {
        outcome.verdict = HANGS;
        return outcome;
    }
    outcome.values[EPISODE_NS] = run->ns_per_episode;
    for (unsigned i = 0; i < threads; i++) {
        if (run->marks[i].left_early) {
            outcome.verdict = LEFT_EARLY;
        }
    }
    class->destroy(run->barrier);
    free(run->barrier);
    free(run->marks);
    free(team);
    free(run);
    return outcome;
}

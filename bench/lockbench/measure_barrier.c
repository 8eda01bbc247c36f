/* SPDX-License-Identifier: MIT */
/* Barriers. */
#include "measure.h"

#include <stdlib.h>

/* --- barriers -------------------------------------------------------------------------
 */

/* One episode in this many is checked: each thread must see its neighbour's mark. */
enum { CHECK_EVERY = 16 };

/* A thread's mark: the last episode that it has entered, of those that are checked. */
struct mark {
    alignas(LKS_CACHE_LINE) uint64_t episode; /* plain: the barrier orders it */
    bool left_early;
};

struct parade {
    /* The last episode, once thread 0 has decided on it. */
    alignas(LKS_CACHE_LINE) _Atomic(uint64_t) last;
    alignas(LKS_CACHE_LINE) const lks_barrier_class_t *class;
    void *barrier;
    struct mark *marks;
    double ns_per_episode;
};

static void work_barrier(struct team *team, unsigned self)
{
    enum { WARM_UP = 16 };
    struct parade *parade = team->shared;
    const lks_barrier_class_t *class = parade->class;
    struct mark *mine = &parade->marks[self];
    const struct mark *neighbour = &parade->marks[(self + 1) % team->count];
    uint64_t start = 0;
    uint64_t episode = 0;
    do {
        episode++;
        if (self == 0) {
            if (episode == WARM_UP) {
                start = now();
            }
            /* All threads know of it when they leave this episode. */
            if (episode > WARM_UP &&
                atomic_load_explicit(&team->phase, memory_order_relaxed) == OVER) {
                atomic_store_explicit(&parade->last, episode, memory_order_relaxed);
            }
        }
        bool checked = episode % CHECK_EVERY == 0;
        if (checked) {
            mine->episode = episode;
        }
        class->wait(parade->barrier, self);
        if (checked && neighbour->episode != episode) {
            mine->left_early = true;
        }
    } while (episode < atomic_load_explicit(&parade->last, memory_order_relaxed));
    if (self == 0) {
        parade->ns_per_episode =
            (double)(now() - start) / (double)(episode - WARM_UP + 1);
    }
}

struct outcome measure_barrier(const lks_barrier_class_t *class, unsigned threads,
                               const struct conditions *conditions)
{
    struct outcome outcome = no_outcome();
    struct parade *parade = allocate_lines(sizeof *parade);
    struct team *team = allocate_lines(sizeof *team);
    atomic_store_explicit(&parade->last, UINT64_MAX, memory_order_relaxed);
    parade->class = class;
    parade->barrier = allocate_lines(class->size(threads));
    parade->marks = allocate_lines(threads * sizeof *parade->marks);
    if (class->init(parade->barrier, threads) != 0) {
        abort(); /* no class refuses its own size and a thread or more */
    }
    team->count = threads;
    team->patience_ns = patience(conditions, threads);
    team->placement = &conditions->placement;
    team->work = work_barrier;
    team->shared = parade;
    if (team_run(team, conditions->duration_ns) < 0) {
        outcome.verdict = HANGS;
        return outcome;
    }
    outcome.values[EPISODE_NS] = parade->ns_per_episode;
    for (unsigned i = 0; i < threads; i++) {
        if (parade->marks[i].left_early) {
            outcome.verdict = BROKEN;
        }
    }
    class->destroy(parade->barrier);
    free(parade->barrier);
    free(parade->marks);
    free(team);
    free(parade);
    return outcome;
}

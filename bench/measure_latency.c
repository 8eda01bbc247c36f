/* SPDX-License-Identifier: MIT */
/* Free locks, on one thread. */
#include "bench/inlined.h"
#include "bench/lines.h"
#include "bench/measure.h"
#include "bench/subject.h"

#include <stdlib.h>

struct alone {
    const struct competitor *competitor;
    struct subject subject;
    double ns[SIDES];
};

/* Nanoseconds of one acquisition: best of many batches, with and without the lock. */
static double cost_of(const struct competitor *competitor, enum side side, void *lock,
                      void *node)
{
    const lock_loop loop = inlined_loop(competitor, side);
    enum { BATCHES = 100 };
    const uint64_t PER_BATCH = 1000;
    double best = 0;
    double best_empty = 0;
    for (int batch = 0; batch < BATCHES; batch++) {
        uint64_t start = clock_now();
        if (loop != NULL) {
            loop(lock, node, PER_BATCH);
        } else {
            calling_loop(competitor, side, lock, node, PER_BATCH);
        }
        uint64_t middle = clock_now();
        empty_loop(lock, node, PER_BATCH);
        uint64_t end = clock_now();
        double with = (double)(middle - start);
        double empty = (double)(end - middle);
        best = batch == 0 || with < best ? with : best;
        best_empty = batch == 0 || empty < best_empty ? empty : best_empty;
    }
    return (best - best_empty) / (double)PER_BATCH;
}

/* Runs in a thread of its own, since the C library makes some locks cheaper while a
   program has only one thread. */
static void work_alone(struct team *team, unsigned self)
{
    struct alone *alone = team->shared;
    for (int side = alone->competitor->rwlock != NULL ? READ : WRITE; side < SIDES;
         side++) {
        alone->ns[side] =
            cost_of(alone->competitor, (enum side)side, lock_at(&alone->subject, 0),
                    node_of_thread(&alone->subject, self, 0));
    }
}

struct outcome measure_latency(const struct competitor *competitor,
                               const struct conditions *conditions)
{
    const bool is_rwlock = competitor->rwlock != NULL;
    struct outcome outcome = no_outcome();
    struct alone *alone = allocate_lines(sizeof *alone);
    struct team *team = allocate_lines(sizeof *team);
    team->count = 1;
    team->placement = &conditions->placement;
    team->company = &outcome.company;
    team->work = work_alone;
    team->shared = alone;
    alone->subject = make_subject(competitor, 1, 1, 1);
    alone->competitor = competitor;
    if (team_run(team, 0) < 0) {
        outcome.verdict = HANGS;
        return outcome;
    }
    free(team);
    free_subject(competitor, &alone->subject);
    double cycles_per_ns = conditions->clock.cycles_per_ns;
    double *values = outcome.values;
    if (is_rwlock) {
        values[READ_LATENCY_NS] = alone->ns[READ];
        values[READ_LATENCY_CYCLES] = alone->ns[READ] * cycles_per_ns;
    }
    values[is_rwlock ? WRITE_LATENCY_NS : LATENCY_NS] = alone->ns[WRITE];
    values[is_rwlock ? WRITE_LATENCY_CYCLES : LATENCY_CYCLES] =
        alone->ns[WRITE] * cycles_per_ns;
    free(alone);
    return outcome;
}

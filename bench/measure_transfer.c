/* SPDX-License-Identifier: MIT */
/* The way of a cache line from one processor to another, by a game of ping-pong. */
#include "bench/lines.h"
#include "bench/measure.h"
#include "common/statistics.h"

#include <math.h>
#include <stdlib.h>

struct table {
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) ball; /* odd: at thread 1 */
    alignas(LKS_CACHE_LINE) double one_way_ns;
};

/* Thread 0 sends the ball and waits for it to come back. Never yields: there are two
   threads, on two processors, and it takes a fraction of a millisecond. */
static void work_ping_pong(struct team *team, unsigned self)
{
    enum { BATCHES = 9, ROUNDS = 200 };
    struct table *table = team->shared;
    double batches[BATCHES];
    uint32_t ball = self;
    for (int batch = 0; batch < BATCHES; batch++) {
        uint64_t start = clock_now();
        for (int round = 0; round < ROUNDS; round++) {
            while (atomic_load_explicit(&table->ball, memory_order_acquire) != ball) {
            }
            atomic_store_explicit(&table->ball, ball + 1, memory_order_release);
            ball += 2;
        }
        batches[batch] = (double)(clock_now() - start) / (2.0 * (double)ROUNDS);
    }
    if (self == 0) {
        table->one_way_ns = spread_of(batches, BATCHES).median;
    }
}

double measure_transfer(const struct placement *placement, unsigned threads)
{
    /* The first thread, and the first one that is elsewhere. */
    unsigned other = 0;
    while (other < threads && placement->processors[other] == placement->processors[0]) {
        other++;
    }
    if (other == threads) {
        return NAN;
    }
    const unsigned pair[2] = {placement->processors[0], placement->processors[other]};
    const struct placement two = {.topology = placement->topology, .processors = pair};
    struct table *table = allocate_lines(sizeof *table);
    struct team *team = allocate_lines(sizeof *team);
    team->count = 2;
    team->placement = &two;
    team->work = work_ping_pong;
    team->shared = table;
    if (team_run(team, 0) < 0) {
        return NAN; /* after Ctrl-C, on a busy machine: they still use the memory */
    }
    double one_way = table->one_way_ns;
    free(team);
    free(table);
    return one_way;
}

/* SPDX-License-Identifier: MIT */
#include "bench/ping_pong.h"

#include <math.h>
#include <stdlib.h>

#include "bench/clock.h"
#include "bench/lines.h"
#include "common/statistics.h"

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

double ping_pong(const lks_topology_t *topology, const unsigned pair[2],
                 struct table *table, struct company *company)
{
    const struct placement two = {.topology = topology, .processors = pair};
    struct team *team = allocate_lines(sizeof *team);
    team->count = 2;
    team->placement = &two;
    team->company = company;
    team->work = work_ping_pong;
    team->shared = table;
    if (team_run(team, 0) < 0) {
        return NAN; /* after Ctrl-C, on a busy machine: they still use the memory */
    }
    double one_way = table->one_way_ns;
    free(team);
    return one_way;
}

/* SPDX-License-Identifier: MIT */
/* What gcc makes of OpenMP's `parallel` and `barrier`, of its own library. */
#include "bench/peers.h"
#include "common/tool.h"

extern void GOMP_parallel(void (*region)(void *), void *data, unsigned threads,
                          unsigned flags);
extern void GOMP_barrier(void);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);

static void region(void *argument)
{
    const struct crew *crew = argument;
    if ((unsigned)omp_get_num_threads() != crew->count) {
        refuse("gomp:barrier: OpenMP starts %d threads of %u", omp_get_num_threads(),
               crew->count);
    }
    crew->work(crew->context, (unsigned)omp_get_thread_num());
}

static void start(struct crew *crew)
{
    GOMP_parallel(region, crew, crew->count, 0);
}

PEER_BARRIER(barrier, char, 1, (void)0, GOMP_barrier(), (void)0)

const struct competitor gomp_peers[] = {
    LISTED_BARRIER_OF("gomp:barrier", "OpenMP's barrier, of GCC", barrier, start),
    LAST_PEER,
};

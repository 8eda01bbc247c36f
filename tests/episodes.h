/* SPDX-License-Identifier: MIT */
/*
 * Threads that write plain data before a barrier and read each other's after it.
 *
 * The data of an episode stays until the barrier after the next one, so each thread has
 * two places, used in turn: whoever writes for episode e + 2 has left e + 1, which
 * everybody entered after reading what was written for e.
 */
#ifndef TESTS_EPISODES_H
#define TESTS_EPISODES_H

#include "support.h"

typedef struct episodes_place {
    alignas(LKS_CACHE_LINE) uint64_t written;
} episodes_place_t;

typedef struct episodes {
    void (*wait)(void *barrier, uint32_t thread_index);
    void *barrier;
    uint32_t nthreads;
    uint32_t count;
    bool uneven; /* threads arrive after random delays */
    episodes_place_t *places[2];
} episodes_t;

static void episodes_in_thread(worker_t *self)
{
    episodes_t *run = (episodes_t *)self->shared;
    for (uint32_t episode = 0; episode < run->count; episode++) {
        episodes_place_t *places = run->places[episode % 2];
        if (run->uneven) {
            switch (random_below(self, 8)) {
            case 0:
                lks_delay(random_below(self, 2000));
                break;
            case 1:
                for (uint32_t i = random_below(self, 4); i > 0; i--) {
                    (void)sched_yield();
                }
                break;
            default:
                break;
            }
        }
        places[self->index].written = (uint64_t)episode * run->nthreads + self->index + 1;
        run->wait(run->barrier, self->index);
        for (uint32_t i = 0; i < run->nthreads; i++) {
            self->errors +=
                places[i].written != (uint64_t)episode * run->nthreads + i + 1;
        }
    }
}

/* Runs `count` episodes; fails the test if anybody left one before all had entered. */
static void run_episodes(void (*wait)(void *, uint32_t), void *barrier, uint32_t nthreads,
                         uint32_t count, bool uneven)
{
    episodes_t run;
    run.wait = wait;
    run.barrier = barrier;
    run.nthreads = nthreads;
    run.count = count;
    run.uneven = uneven;
    run.places[0] = (episodes_place_t *)lines(nthreads * sizeof(episodes_place_t));
    run.places[1] = (episodes_place_t *)lines(nthreads * sizeof(episodes_place_t));
    uint64_t errors = run_workers(nthreads, episodes_in_thread, &run);
    free(run.places[0]);
    free(run.places[1]);
    assert_int_equal(errors, 0);
}

#endif

/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/tournament_barrier.h, and its two catalog entries. */
#define LKS_INLINE
#include <lockstep/barrier.h>
#include <lockstep/tournament_barrier.h>

#include "catalog.h"

/* The flags lie behind the barrier, from the next cache line on. */
enum { OFFSET = LKS_WHOLE_LINES(sizeof(lks_tournament_barrier_t)) };

static size_t tournament_size(uint32_t nthreads)
{
    return OFFSET +
           lks_tournament_barrier_flags(nthreads) * sizeof(lks_tournament_barrier_flag_t);
}

static int init_waiting(void *barrier, uint32_t nthreads, lks_wait_mode_t mode)
{
    void *flags = barrier == NULL ? NULL : (char *)barrier + OFFSET;
    return lks_tournament_barrier_init_waiting(barrier, nthreads, flags, mode);
}

BARRIER_CALLS(tournament)

static void tournament_age(void *barrier)
{
    lks_tournament_barrier_t *tournament = barrier;
    size_t count = lks_tournament_barrier_flags(tournament->nthreads);
    for (size_t i = 0; i < count; i++) {
        atomic_store_explicit(&tournament->flags[i].episode, UINT32_MAX - 3,
                              memory_order_relaxed);
    }
}

/* What both classes share. */
#define COMMON                                                                           \
    .paper =                                                                             \
        "Hensgen, Finkel, Manber: Two Algorithms for Barrier Synchronization, 1988",     \
    .size = tournament_size, .wait = tournament_wait, .destroy = tournament_destroy,     \
    .age = tournament_age

const lks_barrier_class_t lks_tournament_barrier_class = {
    .name = "tournament",
    .summary = "pairs meet round after round; the winner wakes the losers",
    .init = tournament_init,
    COMMON,
};

const lks_barrier_class_t lks_tournament_sleep_barrier_class = {
    .name = "tournament_sleep",
    .summary = "tournament, with threads that sleep while they wait",
    .traits = LKS_BARRIER_SLEEPS,
    .init = tournament_sleep_init,
    COMMON,
};

/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/dissemination_barrier.h, and its two catalog entries. */
#define LKS_INLINE
#include <lockstep/barrier.h>
#include <lockstep/dissemination_barrier.h>

#include "catalog.h"

/* The flags lie behind the barrier, from the next cache line on. */
enum { OFFSET = LKS_WHOLE_LINES(sizeof(lks_dissemination_barrier_t)) };

static size_t dissemination_size(uint32_t nthreads)
{
    return OFFSET + lks_dissemination_barrier_flags(nthreads) *
                        sizeof(lks_dissemination_barrier_flag_t);
}

static int init_waiting(void *barrier, uint32_t nthreads, lks_wait_mode_t mode)
{
    void *flags = barrier == NULL ? NULL : (char *)barrier + OFFSET;
    return lks_dissemination_barrier_init_waiting(barrier, nthreads, flags, mode);
}

BARRIER_CALLS(dissemination)

static void dissemination_age(void *barrier)
{
    lks_dissemination_barrier_t *dissemination = barrier;
    size_t count = lks_dissemination_barrier_flags(dissemination->nthreads);
    for (size_t i = 0; i < count; i++) {
        atomic_store_explicit(&dissemination->flags[i].episode, UINT32_MAX - 3,
                              memory_order_relaxed);
    }
}

/* What both classes share. */
#define COMMON                                                                           \
    .paper =                                                                             \
        "Hensgen, Finkel, Manber: Two Algorithms for Barrier Synchronization, 1988",     \
    .size = dissemination_size, .wait = dissemination_wait,                              \
    .destroy = dissemination_destroy, .age = dissemination_age

const lks_barrier_class_t lks_dissemination_barrier_class = {
    .name = "dissemination",
    .summary = "everybody tells everybody in ⌈log₂ n⌉ rounds",
    .init = dissemination_init,
    COMMON,
};

const lks_barrier_class_t lks_dissemination_sleep_barrier_class = {
    .name = "dissemination_sleep",
    .summary = "dissemination, with threads that sleep while they wait",
    .traits = LKS_BARRIER_SLEEPS,
    .init = dissemination_sleep_init,
    COMMON,
};

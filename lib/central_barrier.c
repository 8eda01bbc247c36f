/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/central_barrier.h, and its two catalog entries. */
#define LKS_INLINE
#include <lockstep/barrier.h>
#include <lockstep/central_barrier.h>

#include "catalog.h"

static size_t central_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_central_barrier_t);
}

static int init_waiting(void *barrier, uint32_t nthreads, lks_wait_mode_t mode)
{
    return lks_central_barrier_init_waiting(barrier, nthreads, mode);
}

BARRIER_CALLS(central)

static void central_age(void *barrier)
{
    lks_central_barrier_t *central = barrier;
    atomic_store_explicit(&central->sense, UINT32_MAX - 3, memory_order_relaxed);
}

/* What both classes share. */
#define COMMON                                                                           \
    .paper = "Mellor-Crummey, Scott: Algorithms for Scalable Synchronization on "        \
             "Shared-Memory Multiprocessors, 1991",                                      \
    .size = central_size, .wait = central_wait, .destroy = central_destroy,              \
    .age = central_age

const lks_barrier_class_t lks_central_barrier_class = {
    .name = "central",
    .summary = "one counter and a sense that the last thread reverses",
    .init = central_init,
    COMMON,
};

const lks_barrier_class_t lks_central_sleep_barrier_class = {
    .name = "central_sleep",
    .summary = "central, with threads that sleep while they wait",
    .traits = LKS_BARRIER_SLEEPS,
    .init = central_sleep_init,
    COMMON,
};

/* SPDX-License-Identifier: MIT */
/*
 * A barrier of the catalog for threads that have no index.
 *
 * POSIX's barriers do not say which threads come, nor that they are the same each time.
 * So a thread that arrives draws a number, and its rest by the number of threads is its
 * index: in each episode every index is one thread's. What the barrier keeps for an index
 * may still be in use by the thread that had it in the episode before, which has been let
 * go but not yet left; the next one waits for that.
 */
#ifndef PRELOAD_MEETING_H
#define PRELOAD_MEETING_H

#include <lockstep/barrier.h>
#include <lockstep/wait.h>

struct place {
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) left; /* twice how many have left it */
};

/* Zeros, but for: */
struct meeting {
    alignas(LKS_CACHE_LINE) _Atomic(uint64_t) arrivals;
    alignas(LKS_CACHE_LINE) const lks_barrier_class_t *class;
    void *barrier;        /* of that class, for `count` threads */
    struct place *places; /* as many */
    uint32_t count;
    lks_wait_mode_t mode;
};

/* Waits until so many threads have left the place. Acquire: pairs with the release of the
   last of them. */
static inline void meeting_await_left(const struct meeting *meeting, uint32_t index,
                                      uint64_t times)
{
    struct place *place = &meeting->places[index];
    uint32_t expected = (uint32_t)(2 * times);
    uint32_t left;
    while ((left = atomic_load_explicit(&place->left, memory_order_acquire) &
                   ~LKS_ASLEEP) != expected) {
        lks_await_change(&place->left, left, &meeting->mode);
    }
}

/* Waits until as many as it is for have called it. Returns the index that the caller had.
   The meeting may be gone then. */
static inline uint32_t meeting_wait(struct meeting *meeting)
{
    /* Relaxed: a number carries no data. */
    uint64_t number =
        atomic_fetch_add_explicit(&meeting->arrivals, 1, memory_order_relaxed);
    uint32_t index = (uint32_t)(number % meeting->count);
    uint64_t episode = number / meeting->count;
    meeting_await_left(meeting, index, episode);
    meeting->class->wait(meeting->barrier, index);
    lks_change(&meeting->places[index].left, (uint32_t)(2 * (episode + 1)),
               meeting->mode == LKS_WAIT_SLEEP);
    return index;
}

/* Waits until all have left that have been let go. Returns false if some have come that
   wait for others. */
static inline bool meeting_end(const struct meeting *meeting)
{
    uint64_t arrivals = atomic_load_explicit(&meeting->arrivals, memory_order_relaxed);
    if (arrivals % meeting->count != 0) {
        return false;
    }
    for (uint32_t i = 0; i < meeting->count; i++) {
        meeting_await_left(meeting, i, arrivals / meeting->count);
    }
    return true;
}

#endif

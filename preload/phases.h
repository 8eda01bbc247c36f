/* SPDX-License-Identifier: MIT */
/*
 * Whether a team has made tasks, asked by all its threads when they have passed a
 * barrier, and answered the same to each.
 *
 * A phase is what lies between two barriers; each thread counts its own. A thread that
 * makes a task says in which phase. One that has passed a barrier already may do so while
 * another has not asked yet; but it is in a later phase.
 */
#ifndef PRELOAD_PHASES_H
#define PRELOAD_PHASES_H

#include <lockstep/atomic.h>

struct phases {
    _Atomic(uint32_t) tasks_from; /* the first phase in which a task was made */
};

/* None. */
#define PHASES_NEVER UINT32_MAX

/* The caller makes a task in this phase. Relaxed, here and below: the barrier orders it
   for those that ask. */
static inline void phases_note_task(struct phases *phases, uint32_t phase)
{
    uint32_t first = atomic_load_explicit(&phases->tasks_from, memory_order_relaxed);
    while (phase < first && !atomic_compare_exchange_strong_explicit(
                                &phases->tasks_from, &first, phase, memory_order_relaxed,
                                memory_order_relaxed)) {
    }
}

/* The caller has passed the barrier at the end of the phase. */
static inline bool phases_has_tasks(const struct phases *phases, uint32_t phase)
{
    return atomic_load_explicit(&phases->tasks_from, memory_order_relaxed) <= phase;
}

#endif

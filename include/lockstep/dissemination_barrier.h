/* SPDX-License-Identifier: MIT */
/*
 * Dissemination barrier: everybody tells everybody, in ⌈log₂ n⌉ rounds.
 *
 * In round k thread i tells thread i + 2^k (modulo n) that it has come so far, and waits
 * to be told by thread i − 2^k. After round k a thread has heard, directly or not, of the
 * 2^(k+1) threads up to itself; after the last round of all. There is no last thread and
 * no wake-up: the rounds are the whole way. Five threads; thread 0 has heard of:
 *
 *   round 0    4                    (told by 4)
 *   round 1    4 3 2                (told by 3, who had heard of 2)
 *   round 2    4 3 2 1              (told by 1, who had heard of 0, 4 and 3)
 *
 * A flag holds the number of the episode that it was set for. The thread that sets it may
 * be one episode ahead of the one that waits for it, and no more: it cannot leave the
 * next episode before the waiter has entered it. So the waiter waits for the flag to move
 * on from the last episode's number, and no flag need be reset.
 *
 *   cost       n⌈log₂ n⌉ flags an episode, each one remote write and one remote read; no
 *              read-modify-write. ⌈log₂ n⌉ of them one after the other: the fewest of
 *              all. Space: ⌈log₂ n⌉ + 1 cache lines a thread. If waiters sleep, each
 *              write is a read-modify-write, and a system call where somebody sleeps.
 *   progress   nobody leaves an episode before everybody has entered it.
 *   lifetime   may be freed, moved or used again when all threads have returned from
 *              wait; not by the first that returns, for the others may still have to
 *              look.
 *
 * D. Hensgen, R. Finkel, U. Manber: Two Algorithms for Barrier Synchronization.
 * International Journal of Parallel Programming 17(1), 1988.
 */
#ifndef LOCKSTEP_DISSEMINATION_BARRIER_H
#define LOCKSTEP_DISSEMINATION_BARRIER_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

typedef struct lks_dissemination_barrier_flag {
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) episode; /* by twos, perhaps LKS_ASLEEP */
} lks_dissemination_barrier_flag_t;

typedef struct lks_dissemination_barrier {
    /* A row a thread: its own count of episodes, then a flag a round. */
    lks_dissemination_barrier_flag_t *flags;
    uint32_t nthreads;
    uint32_t rounds;      /* ⌈log₂ nthreads⌉ */
    lks_wait_mode_t mode; /* here, since each thread reads the rest in any case */
} lks_dissemination_barrier_t;

/* Returns how many flags a barrier for `nthreads` threads needs. */
LKS_INLINE size_t lks_dissemination_barrier_flags(uint32_t nthreads)
{
    uint32_t rounds = 0;
    while (rounds < 32 && UINT64_C(1) << rounds < nthreads) {
        rounds++;
    }
    return LKS_CAST(size_t, nthreads) * (rounds + 1);
}

/*
 * Makes *barrier a barrier for `nthreads` threads on the caller's array of
 * lks_dissemination_barrier_flags(nthreads) flags, which belongs to the barrier until
 * lks_dissemination_barrier_destroy.
 * The threads wait as `mode` says.
 * Returns 0, or EINVAL for a null or misaligned pointer, nthreads == 0 or no such way to
 * wait.
 */
LKS_INLINE int lks_dissemination_barrier_init_waiting(
    lks_dissemination_barrier_t *barrier, uint32_t nthreads,
    lks_dissemination_barrier_flag_t *flags, lks_wait_mode_t mode)
{
    if (barrier == LKS_NULL || flags == LKS_NULL || nthreads == 0 ||
        !lks_is_wait_mode(mode) || LKS_ADDRESS(flags) % LKS_CACHE_LINE != 0) {
        return EINVAL;
    }
    size_t count = lks_dissemination_barrier_flags(nthreads);
    barrier->flags = flags;
    barrier->nthreads = nthreads;
    barrier->mode = mode;
    barrier->rounds = LKS_CAST(uint32_t, count / nthreads - 1);
    for (size_t i = 0; i < count; i++) {
        atomic_store_explicit(&flags[i].episode, 0, memory_order_relaxed);
    }
    return 0;
}

/* The same, with threads that yield while they wait. */
LKS_INLINE int lks_dissemination_barrier_init(lks_dissemination_barrier_t *barrier,
                                              uint32_t nthreads,
                                              lks_dissemination_barrier_flag_t *flags)
{
    return lks_dissemination_barrier_init_waiting(barrier, nthreads, flags,
                                                  LKS_WAIT_YIELD);
}

/* The flags of a thread. */
LKS_INLINE lks_dissemination_barrier_flag_t *
lks_dissemination_barrier_row(lks_dissemination_barrier_t *barrier, uint32_t thread_index)
{
    return &barrier->flags[LKS_CAST(size_t, thread_index) * (barrier->rounds + 1)];
}

/*
 * Waits until all threads have called it. What each wrote before, all see after.
 * `thread_index`: 0 ≤ thread_index < nthreads, each by one thread.
 */
LKS_INLINE void lks_dissemination_barrier_wait(lks_dissemination_barrier_t *barrier,
                                               uint32_t thread_index)
{
    lks_check(thread_index < barrier->nthreads, "thread index out of range", barrier);
    /* Nothing writes to it after init: where there are no caches, a copy keeps this
       thread from asking the barrier's own memory in each round. */
    lks_dissemination_barrier_t fixed = *barrier;
    lks_dissemination_barrier_flag_t *self =
        lks_dissemination_barrier_row(&fixed, thread_index);
    /* Relaxed: only this thread touches it. */
    uint32_t last = atomic_load_explicit(&self->episode, memory_order_relaxed);
    bool sleeps = fixed.mode == LKS_WAIT_SLEEP;

    for (uint32_t round = 0; round < fixed.rounds; round++) {
        uint32_t distance = UINT32_C(1) << round;
        uint32_t to_wrap = fixed.nthreads - thread_index;
        uint32_t partner =
            distance < to_wrap ? thread_index + distance : distance - to_wrap;
        /* Release pairs with acquire, round after round: what a thread knew, it passes
           on. */
        lks_change(&lks_dissemination_barrier_row(&fixed, partner)[1 + round].episode,
                   last + 2, sleeps);
        lks_await_change(&self[1 + round].episode, last, &fixed.mode);
    }
    /* Only now, so that the partner's flag is not kept waiting behind it. */
    atomic_store_explicit(&self->episode, last + 2, memory_order_relaxed);
}

/* Ends the barrier's life; nobody waits at it. The flags are the caller's again. */
LKS_INLINE void lks_dissemination_barrier_destroy(lks_dissemination_barrier_t *barrier)
{
    (void)barrier;
#ifdef LKS_CHECKED
    uint32_t episode =
        atomic_load_explicit(&barrier->flags->episode, memory_order_relaxed);
    size_t count = lks_dissemination_barrier_flags(barrier->nthreads);
    for (size_t i = 0; i < count; i++) {
        lks_check(atomic_load_explicit(&barrier->flags[i].episode,
                                       memory_order_relaxed) == episode,
                  "the barrier is in use", barrier);
    }
#endif
}

#endif

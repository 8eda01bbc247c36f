/* SPDX-License-Identifier: MIT */
/*
 * Tournament barrier: pairs meet round after round, and the winner is fixed in advance.
 *
 * In round k the threads whose index is a multiple of 2^k are left. Of each pair the one
 * with the lower index waits for the other and goes on to the next round; the other tells
 * it, and then waits to be woken. Thread 0 wins, and each winner wakes the losers of its
 * rounds, the last round first. Six threads, arrows from loser to winner:
 *
 *   round 0    1 -> 0    3 -> 2    5 -> 4
 *   round 1    2 -> 0    (4 meets nobody)
 *   round 2    4 -> 0
 *
 * A flag holds the number of the episode that it was set for, so none need be reset.
 *
 *   cost       2n − 2 flags an episode, each one remote write and one remote read; no
 *              read-modify-write. Space: ⌈log₂ n⌉ + 1 cache lines a thread. If waiters
 *              sleep, each write is a read-modify-write, and a system call where somebody
 *              sleeps.
 *   progress   nobody leaves an episode before everybody has entered it.
 *   lifetime   may be freed, moved or used again when all threads have returned from
 *              wait; not by the first that returns, for the others may still have to
 *              look.
 *
 * D. Hensgen, R. Finkel, U. Manber: Two Algorithms for Barrier Synchronization.
 * International Journal of Parallel Programming 17(1), 1988.
 * The wake-up tree is that of J. M. Mellor-Crummey, M. L. Scott: Algorithms for Scalable
 * Synchronization on Shared-Memory Multiprocessors. ACM Transactions on Computer Systems
 * 9(1), 1991.
 */
#ifndef LOCKSTEP_TOURNAMENT_BARRIER_H
#define LOCKSTEP_TOURNAMENT_BARRIER_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

typedef struct lks_tournament_barrier_flag {
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) episode; /* by twos, perhaps LKS_ASLEEP */
} lks_tournament_barrier_flag_t;

typedef struct lks_tournament_barrier {
    /* A row a thread: the wake-up flag, then a flag a round that its loser sets. */
    lks_tournament_barrier_flag_t *flags;
    uint32_t nthreads;
    uint32_t rounds;      /* ⌈log₂ nthreads⌉ */
    lks_wait_mode_t mode; /* here, since each thread reads the rest in any case */
} lks_tournament_barrier_t;

/* Returns how many flags a barrier for `nthreads` threads needs. */
LKS_INLINE size_t lks_tournament_barrier_flags(uint32_t nthreads)
{
    uint32_t rounds = 0;
    while (rounds < 32 && UINT64_C(1) << rounds < nthreads) {
        rounds++;
    }
    return LKS_CAST(size_t, nthreads) * (rounds + 1);
}

/*
 * Makes *barrier a barrier for `nthreads` threads on the caller's array of
 * lks_tournament_barrier_flags(nthreads) flags, which belongs to the barrier until
 * lks_tournament_barrier_destroy.
 * The threads wait as `mode` says.
 * Returns 0, or EINVAL for a null or misaligned pointer, nthreads == 0 or no such way to
 * wait.
 */
LKS_INLINE int lks_tournament_barrier_init_waiting(lks_tournament_barrier_t *barrier,
                                                   uint32_t nthreads,
                                                   lks_tournament_barrier_flag_t *flags,
                                                   lks_wait_mode_t mode)
{
    if (barrier == LKS_NULL || flags == LKS_NULL || nthreads == 0 ||
        !lks_is_wait_mode(mode) || LKS_ADDRESS(flags) % LKS_CACHE_LINE != 0) {
        return EINVAL;
    }
    size_t count = lks_tournament_barrier_flags(nthreads);
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
LKS_INLINE int lks_tournament_barrier_init(lks_tournament_barrier_t *barrier,
                                           uint32_t nthreads,
                                           lks_tournament_barrier_flag_t *flags)
{
    return lks_tournament_barrier_init_waiting(barrier, nthreads, flags, LKS_WAIT_YIELD);
}

/* The flags of a thread. */
LKS_INLINE lks_tournament_barrier_flag_t *
lks_tournament_barrier_row(lks_tournament_barrier_t *barrier, uint32_t thread_index)
{
    return &barrier->flags[LKS_CAST(size_t, thread_index) * (barrier->rounds + 1)];
}

/*
 * Waits until all threads have called it. What each wrote before, all see after.
 * `thread_index`: 0 ≤ thread_index < nthreads, each by one thread.
 */
LKS_INLINE void lks_tournament_barrier_wait(lks_tournament_barrier_t *barrier,
                                            uint32_t thread_index)
{
    lks_check(thread_index < barrier->nthreads, "thread index out of range", barrier);
    /* Nothing writes to it after init: where there are no caches, a copy keeps this
       thread from asking the barrier's own memory in each round. */
    lks_tournament_barrier_t fixed = *barrier;
    lks_tournament_barrier_flag_t *woken =
        lks_tournament_barrier_row(&fixed, thread_index);
    lks_tournament_barrier_flag_t *arrived = woken + 1;
    /* Relaxed: nobody sets it to a new value before this thread has arrived. */
    uint32_t last = atomic_load_explicit(&woken->episode, memory_order_relaxed);
    uint32_t episode = last + 2;
    bool sleeps = fixed.mode == LKS_WAIT_SLEEP;

    /* Up, as long as this thread wins. Release pairs with acquire, from loser to
       winner. */
    uint32_t round = 0;
    for (; round < fixed.rounds && (thread_index >> round & 1) == 0; round++) {
        if (fixed.nthreads - thread_index > UINT32_C(1) << round) {
            lks_await_change(&arrived[round].episode, last, &fixed.mode);
        }
    }
    if (thread_index == 0) {
        /* Relaxed: the champion's own note of the episode. */
        atomic_store_explicit(&woken->episode, episode, memory_order_relaxed);
    } else {
        lks_tournament_barrier_flag_t *winner =
            lks_tournament_barrier_row(&fixed, thread_index - (UINT32_C(1) << round));
        lks_change(&winner[1 + round].episode, episode, sleeps);
        lks_await_change(&woken->episode, last, &fixed.mode);
    }

    /* Down, to the loser of each round won. Release pairs with acquire, winner to
       loser. */
    while (round-- > 0) {
        if (fixed.nthreads - thread_index > UINT32_C(1) << round) {
            lks_tournament_barrier_flag_t *loser =
                lks_tournament_barrier_row(&fixed, thread_index + (UINT32_C(1) << round));
            lks_change(&loser->episode, episode, sleeps);
        }
    }
}

/* Ends the barrier's life; nobody waits at it. The flags are the caller's again. */
LKS_INLINE void lks_tournament_barrier_destroy(lks_tournament_barrier_t *barrier)
{
    (void)barrier;
#ifdef LKS_CHECKED
    uint32_t episode =
        atomic_load_explicit(&barrier->flags->episode, memory_order_relaxed);
    for (uint32_t i = 0; i < barrier->nthreads; i++) {
        lks_tournament_barrier_flag_t *row = lks_tournament_barrier_row(barrier, i);
        bool left = atomic_load_explicit(&row->episode, memory_order_relaxed) == episode;
        for (uint32_t round = 0; round < barrier->rounds && (i >> round & 1) == 0;
             round++) {
            left = left && (barrier->nthreads - i <= UINT32_C(1) << round ||
                            atomic_load_explicit(&row[1 + round].episode,
                                                 memory_order_relaxed) == episode);
        }
        lks_check(left, "the barrier is in use", barrier);
    }
#endif
}

#endif

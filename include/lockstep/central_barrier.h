/* SPDX-License-Identifier: MIT */
/*
 * Central barrier: one counter, and a sense that the last to arrive reverses.
 *
 * Each thread counts itself off. The last one resets the counter and then reverses the
 * sense that the others wait on; the order of these two is what makes the barrier
 * reusable. The sense is the number of the episode, so there is no parity to keep for
 * each thread: a thread reads it before it arrives, when it cannot change yet.
 *
 *   cost       2n remote references an episode, n of them to one counter in turn. Space:
 *              two cache lines. If waiters sleep: one more read-modify-write, and a
 *              system call for each thread that sleeps and one for the last.
 *   progress   nobody leaves an episode before everybody has entered it.
 *   lifetime   may be freed, moved or used again when all threads have returned from
 *              wait; not by the first that returns, for the others may still have to
 *              look.
 *
 * J. M. Mellor-Crummey, M. L. Scott: Algorithms for Scalable Synchronization on
 * Shared-Memory Multiprocessors. ACM Transactions on Computer Systems 9(1), 1991.
 */
#ifndef LOCKSTEP_CENTRAL_BARRIER_H
#define LOCKSTEP_CENTRAL_BARRIER_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

typedef struct lks_central_barrier {
    /* Threads that have yet to arrive. */
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) missing;
    uint32_t nthreads;
    lks_wait_mode_t mode; /* here, since the last to arrive has the line in any case */
    /* The episode, by twos, modulo 2³², and perhaps LKS_ASLEEP. */
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) sense;
} lks_central_barrier_t;

/* clang-format off */
#define LKS_CENTRAL_BARRIER_INIT(nthreads) { (nthreads), (nthreads), LKS_WAIT_YIELD, 0 }
/* clang-format on */

/*
 * Makes *barrier a barrier for `nthreads` threads that wait as `mode` says.
 * Returns 0, or EINVAL for a null or misaligned pointer, nthreads == 0 or no such way to
 * wait.
 */
LKS_INLINE int lks_central_barrier_init_waiting(lks_central_barrier_t *barrier,
                                                uint32_t nthreads, lks_wait_mode_t mode)
{
    if (barrier == LKS_NULL || nthreads == 0 || !lks_is_wait_mode(mode) ||
        LKS_ADDRESS(barrier) % LKS_CACHE_LINE != 0) {
        return EINVAL;
    }
    atomic_store_explicit(&barrier->missing, nthreads, memory_order_relaxed);
    barrier->nthreads = nthreads;
    barrier->mode = mode;
    atomic_store_explicit(&barrier->sense, 0, memory_order_relaxed);
    return 0;
}

/* The same, with threads that yield while they wait. */
LKS_INLINE int lks_central_barrier_init(lks_central_barrier_t *barrier, uint32_t nthreads)
{
    return lks_central_barrier_init_waiting(barrier, nthreads, LKS_WAIT_YIELD);
}

/*
 * Waits until all threads have called it. What each wrote before, all see after.
 * `thread_index` (0 ≤ thread_index < nthreads, each by one thread) makes no difference
 * here; it does for other barriers.
 */
LKS_INLINE void lks_central_barrier_wait(lks_central_barrier_t *barrier,
                                         uint32_t thread_index)
{
    (void)thread_index;
    lks_check(thread_index < barrier->nthreads, "thread index out of range", barrier);
    /* Relaxed: the sense that ended this thread's last episode is in its past, and the
       next one waits for this thread, so there is one value that this can read, but for
       the mark of those that sleep already. */
    uint32_t sense =
        atomic_load_explicit(&barrier->sense, memory_order_relaxed) & ~LKS_ASLEEP;
    /* Release what this thread wrote before the barrier; the last one acquires it all. */
    if (atomic_fetch_sub_explicit(&barrier->missing, 1, memory_order_acq_rel) == 1) {
        atomic_store_explicit(&barrier->missing, barrier->nthreads, memory_order_relaxed);
        /* Releases all that was acquired, and the counter's new value. */
        lks_change(&barrier->sense, sense + 2, barrier->mode == LKS_WAIT_SLEEP);
    } else {
        lks_await_change(&barrier->sense, sense, &barrier->mode);
    }
}

/* Ends the barrier's life; nobody waits at it. It owns nothing. */
LKS_INLINE void lks_central_barrier_destroy(lks_central_barrier_t *barrier)
{
    (void)barrier;
    lks_check(atomic_load_explicit(&barrier->missing, memory_order_relaxed) ==
                  barrier->nthreads,
              "the barrier is in use", barrier);
}

#endif

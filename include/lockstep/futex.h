/* SPDX-License-Identifier: MIT */
/*
 * Sleeping in the kernel until a word of memory changes, by futex(2): what the primitives
 * that sleep are made of. Not between processes. None of it sets errno.
 *
 * U. Drepper: Futexes Are Tricky. Red Hat, 2011.
 */
#ifndef LOCKSTEP_FUTEX_H
#define LOCKSTEP_FUTEX_H

#include <lockstep/atomic.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sleeps until a wake-up of *word, or the instant *deadline of CLOCK_MONOTONIC (NULL: for
 * ever), but only if *word is `value` when the kernel looks; or for no reason (a signal).
 * Returns 0, EAGAIN if *word was another, or ETIMEDOUT if the instant is past. Where
 * there is no futex(2): yields.
 *
 * Threads of several kinds may sleep on one word. `who` is a set of bits, not 0: the
 * caller is woken by wake-ups of those that have one of them.
 */
int lks_futex_wait_as(_Atomic(uint32_t) *word, uint32_t value, uint32_t who,
                      const struct timespec *deadline);

/* Wakes `count` of the threads that sleep on *word (UINT32_MAX: all) and have one of the
   bits of `who`, first come, first. It does not look at *word, which may be gone. */
void lks_futex_wake_those(_Atomic(uint32_t) *word, uint32_t count, uint32_t who);

/* Returns the nanoseconds of an instant, or of the present one, of CLOCK_MONOTONIC;
   UINT64_MAX for one that lies centuries ahead. */
uint64_t lks_nanoseconds(const struct timespec *instant);
uint64_t lks_monotonic_now(void);

/* Tells whether *instant is one: its nanoseconds are 0 … 999999999, its seconds not
   negative. */
bool lks_is_instant(const struct timespec *instant);

#ifdef __cplusplus
}
#endif

/* Sleeps as lks_futex_wait_as, woken by each wake-up of *word. */
LKS_INLINE int lks_futex_wait(_Atomic(uint32_t) *word, uint32_t value,
                              const struct timespec *deadline)
{
    return lks_futex_wait_as(word, value, UINT32_MAX, deadline);
}

/* Wakes `count` of the threads that sleep on *word, whatever they are. */
LKS_INLINE void lks_futex_wake(_Atomic(uint32_t) *word, uint32_t count)
{
    lks_futex_wake_those(word, count, UINT32_MAX);
}

#endif

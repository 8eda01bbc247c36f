/* SPDX-License-Identifier: MIT */
/*
 * How to wait: the one place that knows.
 *
 * A waiter spins for a while, so that a short wait ends as soon as it can, and then gives
 * its processor away between tries, so that a wait for a thread that is not running (more
 * threads than processors) ends as soon as that thread runs. How long the while is, is
 * one number for the whole process: LOCKSTEP_SPINS in the environment, or lks_set_spins.
 */
#ifndef LOCKSTEP_WAIT_H
#define LOCKSTEP_WAIT_H

#include <limits.h>
#include <lockstep/atomic.h>

/*
 * Waits until `condition` holds, evaluating it anew for each try.
 *
 * A failed try must have no effect that another thread could see (a test-and-set that
 * finds the lock taken, and so writes 1 over 1, has none). Every unbounded wait of the
 * library is an lks_await. A tool that compiles the headers may define its own
 * beforehand; without an lks_delay of its own, delays then take no time.
 */
#ifndef lks_await
#define lks_await(condition)                                                             \
    do {                                                                                 \
        for (unsigned lks_tries = 0; !(condition);) {                                    \
            lks_tries = lks_relax(lks_tries);                                            \
        }                                                                                \
    } while (0)
#elif !defined(lks_delay)
#define lks_delay(pauses) ((void)(pauses))
#endif

/* For lks_set_spins: spin for ever, which is right only where each thread has a processor
   of its own. In the environment: LOCKSTEP_SPINS=never. */
#define LKS_NEVER_YIELD UINT_MAX

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What lks_await does after a failed try: pauses the processor for a moment (but not after
 * the first few tries, when what is awaited may be on its way), or, when lks_spins() tries
 * have failed, gives it away (sched_yield), and again after each further quarter as many.
 * `tries` is what the call before returned, 0 at the beginning of a wait.
 */
unsigned lks_relax(unsigned tries);

/*
 * Waits for `pauses` pauses of the processor (one is some 10 to 100 ns on most machines),
 * without looking at anything. In the condition of an lks_await each counts as one more
 * try, but for those of the first try.
 */
#ifndef lks_delay
void lks_delay(unsigned pauses);
#endif

/*
 * Failed tries of a wait before its first yield: what lks_set_spins said last; or else what
 * LOCKSTEP_SPINS in the environment said when the library was loaded (a number or "never");
 * or else 0 where its thread had a single processor to run on at that time; or else a default that
 * suits short critical sections.
 */
unsigned lks_spins(void);

/* Sets lks_spins() for all threads, at once: 0 yields after each failed try,
   LKS_NEVER_YIELD never does. */
void lks_set_spins(unsigned tries);

#ifdef __cplusplus
}
#endif

#endif

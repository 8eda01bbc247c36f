/* SPDX-License-Identifier: MIT */
/*
 * How to wait: the one place that knows.
 *
 * A waiter spins for a while, so that a short wait ends as soon as it can, and then gives
 * its processor away between tries, so that a wait for a thread that is not running (more
 * threads than processors) ends as soon as that thread runs. How long the while is, each
 * thread finds out by its yields, which other threads take up or not, beginning with one
 * number for the whole process: LOCKSTEP_SPINS in the environment, or lks_set_spins.
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
 * library that does not sleep is an lks_await. A tool that compiles the headers may
 * define its own beforehand; without an lks_delay of its own, delays then take no time,
 * and lks_seed is 1.
 */
#ifndef lks_await
#define lks_await(condition)                                                             \
    do {                                                                                 \
        for (unsigned lks_tries = 0; !(condition);) {                                    \
            lks_tries = lks_relax(lks_tries);                                            \
        }                                                                                \
    } while (0)
#else
#define lks_await_is_given
#ifndef lks_delay
#define lks_delay(pauses) ((void)(pauses))
#define lks_seed()        (1u)
#endif
#endif

/*
 * How the waiters of an object wait: chosen when it is initialised, for the objects that
 * offer it (lks_NAME_init_waiting).
 */
typedef enum lks_wait_mode {
    LKS_WAIT_YIELD, /* spin for a while, then yield between tries: as lks_await does */
    LKS_WAIT_SPIN,  /* spin for ever, whatever lks_spins() says */
    LKS_WAIT_SLEEP  /* the same, then sleep in the kernel until it is over */
} lks_wait_mode_t;

/* Whether it is one of these. */
#define lks_is_wait_mode(mode)                                                           \
    (LKS_CAST(unsigned, (mode)) <= LKS_CAST(unsigned, LKS_WAIT_SLEEP))

/*
 * A word that can be slept on holds even numbers. A thread that goes to sleep sets its
 * lowest bit, LKS_ASLEEP; so the thread that changes the word knows that there is
 * somebody to wake. lks_await_change waits until `*word` is no longer `old`, and acquires
 * what the change released; lks_change is the change. Only objects whose waiters sleep
 * pay for them: a read-modify-write instead of a store, and the call that wakes.
 *
 *   word, mode   addresses of an _Atomic(uint32_t) and of the object's lks_wait_mode_t,
 *                which is looked at only when spinning has taken too long
 *   sleeps       whether the object's waiters sleep
 */
#define LKS_ASLEEP 1u

#define lks_has_changed(word, old)                                                       \
    ((atomic_load_explicit((word), memory_order_acquire) & ~LKS_ASLEEP) != (old))

#ifdef lks_await_is_given
#define lks_await_change(word, old, mode)                                                \
    do {                                                                                 \
        (void)(mode);                                                                    \
        lks_await(lks_has_changed(word, old));                                           \
    } while (0)
#else
#define lks_await_change(word, old, mode)                                                \
    do {                                                                                 \
        for (unsigned lks_tries = 0; !lks_has_changed(word, old);) {                     \
            lks_tries = lks_relax_as((mode), lks_tries);                                 \
            if (lks_tries == LKS_TIME_TO_SLEEP) {                                        \
                lks_sleep_until_changed((word), (old));                                  \
                lks_tries = 0;                                                           \
            }                                                                            \
        }                                                                                \
    } while (0)
#endif

#define lks_change(word, value, sleeps)                                                  \
    ((sleeps) ? lks_change_and_wake((word), (value))                                     \
              : atomic_store_explicit((word), (value), memory_order_release))

/* What lks_relax_as returns when spinning has taken too long. */
#define LKS_TIME_TO_SLEEP UINT_MAX

/* For lks_set_spins: spin for ever, which is right only where each thread has a processor
   of its own. In the environment: LOCKSTEP_SPINS=never. */
#define LKS_NEVER_YIELD UINT_MAX

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What lks_await does after a failed try: pauses the processor for a moment (but not
 * after the first few tries, when what is awaited may be on its way), or gives it away
 * (sched_yield). After lks_spins() failed tries it yields, and then once more after every
 * further half of that number. For the thread, the number doubles with each yield that no
 * other thread took up, up to 32 times what it was, and is halved with each that one did,
 * down to a quarter. `tries` is what the call before returned, 0 at the beginning of a
 * wait.
 */
unsigned lks_relax(unsigned tries);

/*
 * lks_relax for an object that waits as *mode says: where a yield is due it yields, goes
 * on without, or returns LKS_TIME_TO_SLEEP. That it does where lks_spins() is 0, or the
 * yields of the thread have brought the number to one of its bounds; from there it then
 * goes one step back, so that the next wait yields before it sleeps.
 */
unsigned lks_relax_as(const lks_wait_mode_t *mode, unsigned tries);

/* Sleeps as long as *word is `old`, or shorter. Costs a read-modify-write and a system
   call. */
void lks_sleep_until_changed(_Atomic(uint32_t) *word, uint32_t old);

/* Stores `value` into *word, as a release, and wakes all threads that sleep on it. Costs
   a read-modify-write, and a system call if somebody sleeps. */
void lks_change_and_wake(_Atomic(uint32_t) *word, uint32_t value);

/*
 * Returns how many tries a wait may make before it sleeps, of the `tries` that it would
 * make: all, or 0 where lks_spins() is 0.
 */
unsigned lks_worth_spinning(unsigned tries);

/*
 * Called at the beginning of a wait for what many threads take again and again: a thread
 * that has done so for about LKS_TURN_NS without a break yields, so that the others of
 * its processor have a turn before the scheduler gives them one, which it does much more
 * rarely, and perhaps while the thread holds the lock. The number is chosen, well below a
 * scheduler's slice, and not measured; what another one does to the longest waits:
 * build/lockbench -l mutex -t 4,8 on two processors.
 */
#define LKS_TURN_NS 200000u
void lks_take_turns(void);

/*
 * Waits for `pauses` pauses of the processor (one is some 10 to 100 ns on most machines),
 * without looking at anything. In the condition of an lks_await each counts as one more
 * try, but for those of the first try. A thread that has found that others take up its
 * yields makes no more of them than it would make tries before the next one.
 */
#ifndef lks_delay
void lks_delay(unsigned pauses);
#endif

/*
 * Returns a number other than 0 for a wait's random delays to begin with: another one for
 * each thread and each call, so that no thread draws the shorter delays again and again.
 */
#ifndef lks_seed
uint32_t lks_seed(void);
#endif

/*
 * Failed tries of a wait before its first yield, for a thread that has not yielded yet,
 * and the measure of all others (lks_relax): what lks_set_spins said last; or else
 * what LOCKSTEP_SPINS in the environment said when the library was loaded (a number or
 * "never"); or else 0 where its thread had a single processor to run on at that time; or
 * else a default that suits short critical sections.
 */
unsigned lks_spins(void);

/* Sets lks_spins() for all threads, at once: 0 yields after each failed try,
   LKS_NEVER_YIELD never does. */
void lks_set_spins(unsigned tries);

#ifdef __cplusplus
}
#endif

#endif

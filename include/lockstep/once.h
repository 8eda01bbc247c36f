/* SPDX-License-Identifier: MIT */
/*
 * Once: the first thread that comes runs a function; nobody goes on before that is done.
 *
 * One word says how far it is. A thread that comes while the function runs spins for a
 * while, then sleeps.
 *
 *   cost       when it is done: one load. Space: 4 bytes, and nothing elsewhere.
 *   progress   a thread that waits does so until the function returns; so a function that
 *              does not (which calls itself through the same object, ends its thread,
 *              jumps or throws out) lets nobody go on, ever; with LKS_CHECKED one that
 *              calls itself ends the program. The same in a child that was forked
 *              meanwhile. One that may fail is for lks_once_try.
 *   lifetime   may be freed, moved or used again when every call has returned. As long as
 *              calls may come it stays where it is.
 */
#ifndef LOCKSTEP_ONCE_H
#define LOCKSTEP_ONCE_H

#include <lockstep/atomic.h>

typedef struct lks_once {
    _Atomic(uint32_t) state; /* one of those below, or with LKS_ASLEEP (wait.h) */
} lks_once_t;

/* With LKS_CHECKED the number of the thread that runs the function, times the last, is
   added to RUNNING. */
enum { LKS_ONCE_FRESH = 0, LKS_ONCE_RUNNING = 2, LKS_ONCE_DONE = 4, LKS_ONCE_THREAD = 8 };

/* clang-format off */
#define LKS_ONCE_INIT { LKS_ONCE_FRESH }
/* clang-format on */

#ifdef __cplusplus
extern "C" {
#endif

/* What the inline functions call if it is not done yet, with one of two functions; the
   other is NULL. Returns whether it is done now. */
bool lks_once_run(lks_once_t *once, void (*function)(void *argument),
                  bool (*attempt)(void *argument), void *argument);

#ifdef __cplusplus
}
#endif

/* Calls function(argument) if it is the first call with this object, and otherwise waits
   until that has returned. What the function wrote, the caller sees. */
LKS_INLINE void lks_once_call(lks_once_t *once, void (*function)(void *argument),
                              void *argument)
{
    /* Acquire: pairs with the release of the thread that ran the function. */
    if (atomic_load_explicit(&once->state, memory_order_acquire) != LKS_ONCE_DONE) {
        (void)lks_once_run(once, function, LKS_NULL, argument);
    }
}

/*
 * The same for a function that may fail. Where attempt(argument) returns false, it is as
 * if there had been no call, but that the next attempt sees what this one wrote: a thread
 * that waits makes the next one. Returns true when an attempt has succeeded, this one or
 * an earlier one, and false when the caller's own has failed.
 */
LKS_INLINE_TRY bool lks_once_try(lks_once_t *once, bool (*attempt)(void *argument),
                                 void *argument)
{
    /* Acquire: as in lks_once_call. */
    return atomic_load_explicit(&once->state, memory_order_acquire) == LKS_ONCE_DONE ||
           lks_once_run(once, LKS_NULL, attempt, argument);
}

#endif

/* SPDX-License-Identifier: MIT */
/* Once: see lockstep/once.h. */
#define LKS_INLINE
#include <lockstep/check.h>
#include <lockstep/once.h>
#include <lockstep/wait.h>

#include "tsan.h"

/* What says that the caller runs the function. */
static uint32_t running(void)
{
#ifdef LKS_CHECKED
    return LKS_ONCE_RUNNING + lks_thread_number() * LKS_ONCE_THREAD;
#else
    return LKS_ONCE_RUNNING;
#endif
}

bool lks_once_run(lks_once_t *once, void (*function)(void *argument),
                  bool (*attempt)(void *argument), void *argument)
{
    static const lks_wait_mode_t asleep = LKS_WAIT_SLEEP;
    for (;;) {
        uint32_t found = LKS_ONCE_FRESH;
        /* Acquire: what an attempt has left that failed, or what the function wrote. */
        if (atomic_compare_exchange_strong_explicit(&once->state, &found, running(),
                                                    memory_order_acquire,
                                                    memory_order_acquire)) {
            tell_acquired(&once->state);
            bool done = true;
            if (attempt != LKS_NULL) {
                done = attempt(argument);
            } else {
                function(argument);
            }
            lks_change_and_wake(&once->state, done ? LKS_ONCE_DONE : LKS_ONCE_FRESH);
            return done;
        }
        if (found == LKS_ONCE_DONE) {
            tell_acquired(&once->state);
            return true;
        }
        found &= ~LKS_ASLEEP;
        lks_check(found != running(), "the function calls it again", once);
        /* It acquires, as every such wait does; the look above would do. */
        lks_await_change(&once->state, found, &asleep);
    }
}

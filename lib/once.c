/* SPDX-License-Identifier: MIT */
/* Once: see lockstep/once.h. */
#define LKS_INLINE
#include <lockstep/check.h>
#include <lockstep/once.h>
#include <lockstep/wait.h>

/* What says that the caller runs the function. */
static uint32_t running(void)
{
#ifdef LKS_CHECKED
    return LKS_ONCE_RUNNING + lks_thread_number() * LKS_ONCE_THREAD;
#else
    return LKS_ONCE_RUNNING;
#endif
}

void lks_once_run(lks_once_t *once, void (*function)(void *argument), void *argument)
{
    static const lks_wait_mode_t asleep = LKS_WAIT_SLEEP;
    uint32_t found = LKS_ONCE_FRESH;
    /* Relaxed: the winner needs nothing from others, and the others wait below. */
    if (atomic_compare_exchange_strong_explicit(&once->state, &found, running(),
                                                memory_order_relaxed,
                                                memory_order_relaxed)) {
        function(argument);
        lks_change_and_wake(&once->state, LKS_ONCE_DONE);
        return;
    }
    lks_check((found & ~LKS_ASLEEP) != running(), "the function calls it again", once);
    /* Also if it is done by now: the wait acquires what the function wrote. */
    uint32_t old = found == LKS_ONCE_DONE ? LKS_ONCE_RUNNING : found & ~LKS_ASLEEP;
    lks_await_change(&once->state, old, &asleep);
}

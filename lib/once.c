/* SPDX-License-Identifier: MIT */
/* Once: see lockstep/once.h. */
#define LKS_INLINE
#include <lockstep/once.h>
#include <lockstep/wait.h>

void lks_once_run(lks_once_t *once, void (*function)(void *argument), void *argument)
{
    static const lks_wait_mode_t asleep = LKS_WAIT_SLEEP;
    uint32_t found = LKS_ONCE_FRESH;
    /* Relaxed: the winner needs nothing from others, and the others wait below. */
    if (atomic_compare_exchange_strong_explicit(&once->state, &found, LKS_ONCE_RUNNING,
                                                memory_order_relaxed,
                                                memory_order_relaxed)) {
        function(argument);
        lks_change_and_wake(&once->state, LKS_ONCE_DONE);
    } else {
        lks_await_change(&once->state, LKS_ONCE_RUNNING, &asleep);
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * Watched workers that sleep. For programs that are linked with -Wl,--wrap also for
 * lks_sleep_until_changed and lks_futex_wait: a wait goes on in them.
 */
#ifndef TESTS_WATCHED_SLEEP_H
#define TESTS_WATCHED_SLEEP_H

#include "support.h"
#include <lockstep/futex.h>

#ifdef __cplusplus
extern "C" {
#endif
void __real_lks_sleep_until_changed(_Atomic(uint32_t) *word, uint32_t old);
void __wrap_lks_sleep_until_changed(_Atomic(uint32_t) *word, uint32_t old);
int __real_lks_futex_wait_as(_Atomic(uint32_t) *word, uint32_t value, uint32_t who,
                             const struct timespec *deadline);
int __wrap_lks_futex_wait_as(_Atomic(uint32_t) *word, uint32_t value, uint32_t who,
                             const struct timespec *deadline);
#ifdef __cplusplus
}
#endif

static void set_asleep(bool asleep)
{
    if (this_worker != NULL) {
        atomic_store_explicit(&this_worker->asleep, asleep, memory_order_release);
    }
}

void __wrap_lks_sleep_until_changed(_Atomic(uint32_t) *word, uint32_t old)
{
    set_asleep(true);
    __real_lks_sleep_until_changed(word, old);
    set_asleep(false);
}

int __wrap_lks_futex_wait_as(_Atomic(uint32_t) *word, uint32_t value, uint32_t who,
                             const struct timespec *deadline)
{
    count_failed_try();
    set_asleep(true);
    int result = __real_lks_futex_wait_as(word, value, who, deadline);
    set_asleep(false);
    return result;
}

#endif

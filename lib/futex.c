/* SPDX-License-Identifier: MIT */
/* Sleeping in the kernel: see lockstep/futex.h and, for words with a mark, wait.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* syscall */
#endif
#define LKS_INLINE
#include <errno.h>
#include <limits.h>
#include <lockstep/futex.h>
#include <lockstep/wait.h>

#include "tsan.h"

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>

/* Of <linux/futex.h>, which is not everywhere where the C library is. */
enum { FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10, FUTEX_PRIVATE_FLAG = 128 };

/* A machine of 32 bits may have two such calls: the one meant takes this time_t. */
#ifndef SYS_futex_time64
#define FUTEX SYS_futex
#elif !defined(SYS_futex)
#define FUTEX SYS_futex_time64
#else
#define FUTEX (sizeof(time_t) > sizeof(long) ? SYS_futex_time64 : SYS_futex)
#endif

int lks_futex_wait_as(_Atomic(uint32_t) *word, uint32_t value, uint32_t who,
                      const struct timespec *deadline)
{
    /* Unlike FUTEX_WAIT, it takes an instant. */
    int error = errno;
    bool failed = syscall(FUTEX, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, value,
                          deadline, NULL, who) != 0;
    int result = failed && (errno == ETIMEDOUT || errno == EAGAIN) ? errno : 0;
    errno = error;
    return result;
}

void lks_futex_wake_those(_Atomic(uint32_t) *word, uint32_t count, uint32_t who)
{
    int error = errno;
    long most = count > INT_MAX ? INT_MAX : (long)count;
    (void)syscall(FUTEX, word, FUTEX_WAKE_BITSET | FUTEX_PRIVATE_FLAG, most, NULL, NULL,
                  who);
    errno = error;
}

#else
#include <sched.h>

int lks_futex_wait_as(_Atomic(uint32_t) *word, uint32_t value, uint32_t who,
                      const struct timespec *deadline)
{
    (void)word;
    (void)value;
    (void)who;
    (void)sched_yield();
    return deadline != NULL && lks_nanoseconds(deadline) <= lks_monotonic_now()
               ? ETIMEDOUT
               : 0;
}

void lks_futex_wake_those(_Atomic(uint32_t) *word, uint32_t count, uint32_t who)
{
    (void)word;
    (void)count;
    (void)who;
}
#endif

void lks_sleep_until_changed(_Atomic(uint32_t) *word, uint32_t old)
{
    /* Relaxed: the thread that changes the word does it by a read-modify-write, too.
       Either that comes later and finds the mark, or the mark is not made. */
    uint32_t found = old;
    if (atomic_compare_exchange_strong_explicit(
            word, &found, old | LKS_ASLEEP, memory_order_relaxed, memory_order_relaxed) ||
        found == (old | LKS_ASLEEP)) {
        (void)lks_futex_wait(word, old | LKS_ASLEEP, NULL);
    }
}

void lks_change_and_wake(_Atomic(uint32_t) *word, uint32_t value)
{
    tell_releases(word);
    /* Release: pairs with the acquire of lks_has_changed. */
    if ((atomic_exchange_explicit(word, value, memory_order_release) & LKS_ASLEEP) != 0) {
        lks_futex_wake(word, UINT32_MAX);
    }
}

uint64_t lks_nanoseconds(const struct timespec *instant)
{
    uint64_t seconds = (uint64_t)instant->tv_sec;
    return seconds < UINT64_MAX / 1000000000u
               ? seconds * 1000000000u + (uint64_t)instant->tv_nsec
               : UINT64_MAX;
}

uint64_t lks_monotonic_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return lks_nanoseconds(&now);
}

bool lks_is_instant(const struct timespec *instant)
{
    return instant->tv_sec >= 0 && instant->tv_nsec >= 0 && instant->tv_nsec < 1000000000;
}

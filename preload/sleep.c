/* SPDX-License-Identifier: MIT */
/* Sleeping as POSIX has it: see preload.h. */
#include "preload/preload.h"

#include <lockstep/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of <linux/futex.h>. */
enum {
    FUTEX_WAIT_BITSET = 9,
    FUTEX_PRIVATE_FLAG = 128,
    FUTEX_CLOCK_REALTIME = 256,
    FUTEX_OF_ANY = -1
};

int check_deadline(clockid_t clock, const struct timespec *deadline)
{
    bool is_clock = clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
    bool is_instant = deadline->tv_nsec >= 0 && deadline->tv_nsec < 1000000000;
    return is_clock && is_instant ? 0 : EINVAL;
}

/*
 * While it sleeps the thread may be cancelled at any instruction. The caller's frame,
 * which has the handler, is then always at a call; here there is nothing to clean up.
 */
int sleep_as_posix(_Atomic(uint32_t) *word, uint32_t value, clockid_t clock,
                   const struct timespec *deadline)
{
    if (deadline != NULL && deadline->tv_sec < 0) {
        pthread_testcancel();
        return ETIMEDOUT; /* the kernel would find it invalid */
    }
    int operation = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG |
                    (clock == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0);
    int error = errno;
    int type;
    (void)pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type);
    bool failed =
        syscall(SYS_futex, word, operation, value, deadline, NULL, FUTEX_OF_ANY) != 0;
    (void)pthread_setcanceltype(type, NULL);
    int result = failed ? errno : 0;
    errno = error;
    return result;
}

void sleep_until_set(_Atomic(uint32_t) *word)
{
    while (atomic_load_explicit(word, memory_order_acquire) == 0) {
        (void)lks_futex_wait(word, 0, NULL);
    }
}

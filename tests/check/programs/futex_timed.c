/* SPDX-License-Identifier: MIT */
/*
 * A futex wait with a time limit: the word has changed before, the time is out, or
 * somebody wakes the waiter; which the waker hears of too. Or it returns for no reason,
 * which looks like a wake-up, and is none.
 */
// expect: verified --early-returns=none
// expect: wrong assertion
// expect: wrong assertion --early-returns=none -DNEVER=CHANGED
// expect: wrong assertion --early-returns=none -DNEVER=LATE
// expect: wrong assertion --early-returns=none -DNEVER=WOKEN
#include <assert.h>
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { NONE, CHANGED, LATE, WOKEN };

#ifndef NEVER
#define NEVER NONE
#endif

static atomic_uint word;
static int outcome; /* plain: join orders it */

static void *waiter(void *unused)
{
    (void)unused;
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec++;
    long result = syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 0, &time, NULL,
                          FUTEX_BITSET_MATCH_ANY);
    outcome = result == 0 ? WOKEN : errno == ETIMEDOUT ? LATE : CHANGED;
    assert(result == 0 || errno == ETIMEDOUT || errno == EAGAIN);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, waiter, NULL);
    atomic_store_explicit(&word, 1, memory_order_release);
    long woken = syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0);
    pthread_join(thread, NULL);
    assert((woken == 1) == (outcome == WOKEN));
    assert(outcome != NEVER);
    return 0;
}

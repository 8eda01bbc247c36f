/* SPDX-License-Identifier: MIT */
/*
 * musl's lock of a FILE: a thread that was woken goes back to sleep and does not say so.
 *
 *   lockcheck examples/bugs/file_lock.c               wrong: hang
 *   lockcheck examples/bugs/file_lock.c -- -DFIXED    verified
 *
 * musl, commit 0db393d3, "fix race condition in file locking" (2018):
 * https://git.musl-libc.org/cgit/musl/commit/?id=0db393d3a77bb9f300a356c6a5484fc2dddb161d
 *
 * A waiter sets a bit in the lock's word: unlock must wake somebody. Unlock clears the
 * word, the bit with it. If a third thread takes the lock before the woken one does, the
 * woken one sleeps again; but the bit is no longer there, and the third thread's unlock
 * wakes nobody.
 *
 * The repair: the bit is set anew before each sleep.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FREE, HELD, WAITED_FOR, THREADS = 3 };

static atomic_int word = FREE;
static int counter;

static bool take(int as, int *seen)
{
    *seen = FREE;
    return atomic_compare_exchange_strong(&word, seen, as);
}

/* Says that a thread waits, if the lock is still as it was seen. */
static bool mark(int seen)
{
    return seen == WAITED_FOR || atomic_compare_exchange_strong(&word, &seen, WAITED_FOR);
}

static void sleep_while(int seen)
{
    syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static void lock(void)
{
    int seen;
#ifdef FIXED
    if (take(HELD, &seen)) {
        return;
    }
    while (!take(WAITED_FOR, &seen)) {
        if (mark(seen)) {
            sleep_while(WAITED_FOR);
        }
    }
#else
    do {
        if (take(HELD, &seen)) {
            return;
        }
    } while (!mark(seen));
    while (!take(WAITED_FOR, &seen)) {
        sleep_while(seen);
    }
#endif
}

static void unlock(void)
{
    if (atomic_exchange(&word, FREE) == WAITED_FOR) {
        syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

static void *count(void *unused)
{
    (void)unused;
    lock();
    counter++;
    unlock();
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

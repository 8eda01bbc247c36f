/* SPDX-License-Identifier: MIT */
/*
 * A C++ library's counting semaphore: of two that sleep one is never woken.
 *
 *   lockcheck examples/bugs/semaphore_release.c               wrong: hang
 *   lockcheck examples/bugs/semaphore_release.c -- -DFIXED    verified
 *
 * LLVM, libc++, issue 46357 (2020):
 * https://github.com/llvm/llvm-project/issues/46357
 * Of libstdc++'s semaphore the same omitted wake is told in PyTorch's pull request 177884
 * (2026): https://github.com/pytorch/pytorch/pull/177884
 *
 * release() wakes a thread only if the count was 0. Two threads sleep; the first release
 * wakes one of them; before it has taken its unit the second release finds a count of 1,
 * and wakes nobody. The second thread sleeps on, with a unit there for it.
 *
 * The repair: every release wakes one.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS = 2 };

static atomic_int count;

static void acquire(void)
{
    int seen = atomic_load_explicit(&count, memory_order_relaxed);
    for (;;) {
        if (seen == 0) {
            syscall(SYS_futex, &count, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
            seen = atomic_load_explicit(&count, memory_order_relaxed);
        } else if (atomic_compare_exchange_strong_explicit(&count, &seen, seen - 1,
                                                           memory_order_acquire,
                                                           memory_order_relaxed)) {
            return;
        }
    }
}

static void release(void)
{
    int before = atomic_fetch_add_explicit(&count, 1, memory_order_release);
#ifndef FIXED
    if (before > 0) {
        return;
    }
#endif
    (void)before;
    syscall(SYS_futex, &count, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *acquirer(void *unused)
{
    (void)unused;
    acquire();
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, acquirer, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        release();
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

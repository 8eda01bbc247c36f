/* SPDX-License-Identifier: MIT */
/*
 * A mutex that sleeps: unlock is a read-modify-write of the strongest order, and still
 * overlooks the thread that goes to sleep.
 *
 *   lockcheck examples/bugs/look_for_sleepers.c               wrong: hang
 *   lockcheck examples/bugs/look_for_sleepers.c --model=sc    verified
 *   lockcheck examples/bugs/look_for_sleepers.c -- -DFIXED    verified
 *
 * oneTBB, pull request 2136 (2026, hangs on Arm after hours or days):
 * https://github.com/uxlfoundation/oneTBB/pull/2136
 *
 * A waiter says that it is about to sleep, has a full fence, and looks at the mutex
 * again. The thread that unlocks exchanges the mutex's word, and looks for sleepers. The
 * exchange is seq_cst, but the look behind it is not, and an exchange is no fence: in
 * C11 and on Arm the look may come first. On x86 it cannot.
 *
 * The repair: a seq_cst fence before the look.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int held = 1;
static atomic_int sleepers, epoch;

static void *waiter(void *unused)
{
    (void)unused;
    while (atomic_load_explicit(&held, memory_order_acquire)) {
        int seen = atomic_load_explicit(&epoch, memory_order_relaxed);
        atomic_fetch_add_explicit(&sleepers, 1, memory_order_relaxed);
        atomic_thread_fence(memory_order_seq_cst);
        if (atomic_load_explicit(&held, memory_order_relaxed)) {
            syscall(SYS_futex, &epoch, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
        }
        atomic_fetch_sub_explicit(&sleepers, 1, memory_order_relaxed);
    }
    return NULL;
}

static void unlock(void)
{
    atomic_exchange_explicit(&held, 0, memory_order_seq_cst);
#ifdef FIXED
    atomic_thread_fence(memory_order_seq_cst);
#endif
    if (atomic_load_explicit(&sleepers, memory_order_relaxed) > 0) {
        atomic_fetch_add_explicit(&epoch, 1, memory_order_relaxed);
        syscall(SYS_futex, &epoch, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, waiter, NULL);
    unlock();
    pthread_join(thread, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * std::atomic::wait on a value that the kernel cannot watch: the notifier sees no waiter,
 * and the waiter sees no change.
 *
 *   lockcheck examples/bugs/atomic_wait.c               wrong: hang
 *   lockcheck examples/bugs/atomic_wait.c --model=sc    verified
 *   lockcheck examples/bugs/atomic_wait.c -- -DFIXED    verified
 *
 * LLVM, libc++, issue 109290 (2024, shown there with herd):
 * https://github.com/llvm/llvm-project/issues/109290
 *
 * The kernel sleeps on a word of 32 bits, so a counter stands for the value: a notifier
 * adds 1 to it, looks whether anybody waits, and only then wakes. The addition is less
 * than seq_cst, and so the look for waiters may come before it.
 *
 * The repair: a seq_cst fence in both threads, between what each announces and what it
 * looks at.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long value;
static atomic_int changes; /* stands for the value */
static atomic_int waiters;

static void full_fence(void)
{
#ifdef FIXED
    atomic_thread_fence(memory_order_seq_cst);
#endif
}

static void *wait_while_zero(void *unused)
{
    (void)unused;
    while (atomic_load_explicit(&value, memory_order_acquire) == 0) {
        int seen = atomic_load_explicit(&changes, memory_order_acquire);
        if (atomic_load_explicit(&value, memory_order_acquire) != 0) {
            break;
        }
        atomic_fetch_add_explicit(&waiters, 1, memory_order_seq_cst);
        full_fence();
        syscall(SYS_futex, &changes, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
        atomic_fetch_sub_explicit(&waiters, 1, memory_order_release);
    }
    return NULL;
}

static void notify(void)
{
    atomic_fetch_add_explicit(&changes, 1, memory_order_release);
    full_fence();
    if (atomic_load_explicit(&waiters, memory_order_seq_cst) > 0) {
        syscall(SYS_futex, &changes, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    }
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_while_zero, NULL);
    atomic_store_explicit(&value, 1, memory_order_release);
    notify();
    pthread_join(thread, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* SRC: uxlfoundation/oneTBB PR #2136 lost wakeup in notify_by_address on AArch64;
   facebook/folly #2649 ParkingLot; llvm #109290 atomic wait
   KIND: missing fence: seq_cst read-modify-write, then a relaxed look for sleepers
 */
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>
static _Atomic int flag = 1;
static _Atomic int sleepers;
static _Atomic int epoch;
static void *waiter(void *p)
{
    while (atomic_load_explicit(&flag, memory_order_acquire)) {
        int e = atomic_load_explicit(&epoch, memory_order_relaxed);
        atomic_fetch_add_explicit(&sleepers, 1, memory_order_relaxed);
        atomic_thread_fence(memory_order_seq_cst);
        if (atomic_load_explicit(&flag, memory_order_relaxed))
            syscall(SYS_futex, &epoch, FUTEX_WAIT, e, NULL, NULL, 0);
        atomic_fetch_sub_explicit(&sleepers, 1, memory_order_relaxed);
    }
    return p;
}
static void *notifier(void *p)
{
    atomic_exchange(&flag, 0);
#ifdef FIXED
    atomic_thread_fence(memory_order_seq_cst);
#endif
    if (atomic_load_explicit(&sleepers, memory_order_relaxed)) {
        atomic_fetch_add_explicit(&epoch, 1, memory_order_relaxed);
        syscall(SYS_futex, &epoch, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
    return p;
}
int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, waiter, NULL);
    pthread_create(&b, NULL, notifier, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* SRC: llvm/llvm-project #109290 [libc++] Incorrect memory order in atomic wait (PR 146267)
   KIND: wrong order: counter of contenders against a proxy word
 */
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>
static _Atomic long value;
static _Atomic int contenders, proxy;
static void *waiter(void *p)
{
    while (atomic_load_explicit(&value, memory_order_acquire) == 0) {
        int monitor = atomic_load_explicit(&proxy, memory_order_acquire);
        if (atomic_load_explicit(&value, memory_order_acquire) != 0)
            break;
#ifdef FIXED
        atomic_fetch_add_explicit(&contenders, 1, memory_order_relaxed);
        atomic_thread_fence(memory_order_seq_cst);
#else
        atomic_fetch_add_explicit(&contenders, 1, memory_order_seq_cst);
#endif
        syscall(SYS_futex, &proxy, FUTEX_WAIT, monitor, NULL, NULL, 0);
        atomic_fetch_sub_explicit(&contenders, 1, memory_order_release);
    }
    return p;
}
static void *notifier(void *p)
{
    atomic_store_explicit(&value, 1, memory_order_release);
#ifdef FIXED
    atomic_fetch_add_explicit(&proxy, 1, memory_order_release);
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&contenders, memory_order_relaxed))
#else
    atomic_fetch_add_explicit(&proxy, 1, memory_order_release);
    if (atomic_load_explicit(&contenders, memory_order_seq_cst))
#endif
        syscall(SYS_futex, &proxy, FUTEX_WAKE, 2147483647, NULL, NULL, 0);
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

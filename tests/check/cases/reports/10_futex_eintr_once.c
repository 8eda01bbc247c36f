/* SPDX-License-Identifier: MIT */
/* SRC: managarm/mlibc PR #1068 pthread_once: EINTR, EAGAIN of sys_futex_wait not handled
   KIND: futex wait that returns early is taken for the event
 */
#include <assert.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>
static _Atomic int state; /* 0 new, 1 running, 2 done */
static int value;
static void once(void)
{
    int s = 0;
    if (atomic_compare_exchange_strong_explicit(&state, &s, 1, memory_order_acquire,
                                                memory_order_acquire)) {
        value = 1;
        atomic_store_explicit(&state, 2, memory_order_release);
        syscall(SYS_futex, &state, FUTEX_WAKE, 100, NULL, NULL, 0);
        return;
    }
#ifdef FIXED
    while (atomic_load_explicit(&state, memory_order_acquire) != 2)
        syscall(SYS_futex, &state, FUTEX_WAIT, 1, NULL, NULL, 0);
#else
    if (s == 1) {
        syscall(SYS_futex, &state, FUTEX_WAIT, 1, NULL, NULL, 0);
        atomic_thread_fence(memory_order_acquire);
        atomic_load_explicit(&state, memory_order_acquire); /* no check: woken, so done */
    }
#endif
}
static void *run(void *p)
{
    once();
    assert(value == 1);
    return p;
}
int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, run, NULL);
    pthread_create(&b, NULL, run, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}

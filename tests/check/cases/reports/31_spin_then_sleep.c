/* SPDX-License-Identifier: MIT */
/* SRC: kind "adaptive spin": parking_lot SpinWait, glibc adaptive mutex, Rust futex mutex (100 tries) — rust-lang/rust PR 95035
   Rust's futex mutex, rewritten: spin SPINS times, then mark 2 and sleep
   EXPECT: verified in reasonable time with SPINS=100, as it is in the sources */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <linux/futex.h>
#ifndef SPINS
#define SPINS 100
#endif
static _Atomic unsigned f;
static int data;
static unsigned spin(void)
{
    for (int i = SPINS;; i--) {
        unsigned s = atomic_load_explicit(&f, memory_order_relaxed);
        if (s != 1 || i == 0)
            return s;
        __builtin_ia32_pause();
    }
}
static void lock(void)
{
    unsigned s = 0;
    if (atomic_compare_exchange_strong_explicit(&f, &s, 1, memory_order_acquire, memory_order_relaxed))
        return;
    s = spin();
    if (s == 0 && atomic_compare_exchange_strong_explicit(&f, &s, 1, memory_order_acquire, memory_order_relaxed))
        return;
    for (;;) {
        if (s != 2 && atomic_exchange_explicit(&f, 2, memory_order_acquire) == 0)
            return;
        syscall(SYS_futex, &f, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 2, NULL, NULL, 0);
        s = spin();
    }
}
static void unlock(void)
{
    if (atomic_exchange_explicit(&f, 0, memory_order_release) == 2)
        syscall(SYS_futex, &f, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
}
static void *run(void *p) { lock(); data++; unlock(); return p; }
#ifndef N
#define N 2
#endif
int main(void)
{
    pthread_t t[N];
    for (int i = 0; i < N; i++) pthread_create(&t[i], NULL, run, NULL);
    for (int i = 0; i < N; i++) pthread_join(t[i], NULL);
    return 0;
}

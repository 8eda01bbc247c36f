/* SPDX-License-Identifier: MIT */
/* SRC: musl commit 0db393d3 "fix race condition in file locking" (pages, git.librecmc.org)
   KIND: lost wake-up: the woken thread goes to sleep again without renewing the waiters' mark
   RUN: -DN=3   EXPECT: BUG=hang FIXED=verified */
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifndef N
#define N 3
#endif
enum { FREE = 0, HELD = 1, MARK = 2 };
static _Atomic unsigned word;
static int data;
static void take(void)
{
    unsigned none = FREE;
    if (atomic_compare_exchange_strong(&word, &none, HELD))
        return;
#ifdef FIXED
    for (;;) {
        if (atomic_exchange(&word, HELD | MARK) == FREE)
            return;
        syscall(SYS_futex, &word, FUTEX_WAIT, HELD | MARK, NULL, NULL, 0);
    }
#else
    unsigned seen = HELD;
    atomic_compare_exchange_strong(&word, &seen, HELD | MARK); /* once only */
    for (;;) {
        none = FREE;
        if (atomic_compare_exchange_strong(&word, &none, HELD | MARK))
            return;
        syscall(SYS_futex, &word, FUTEX_WAIT, none, NULL, NULL, 0);
    }
#endif
}
static void give(void)
{
    if (atomic_exchange(&word, FREE) & MARK)
        syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0);
}
static void *run(void *p)
{
    take();
    data++;
    give();
    return p;
}
int main(void)
{
    pthread_t t[N];
    for (int i = 0; i < N; i++)
        pthread_create(&t[i], NULL, run, NULL);
    for (int i = 0; i < N; i++)
        pthread_join(t[i], NULL);
    return data == N ? 0 : 1;
}

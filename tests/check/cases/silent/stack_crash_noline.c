/* SPDX-License-Identifier: MIT */
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>
static _Atomic(atomic_int *) p;
static void *t(void *u)
{
    atomic_int w = 0;
    atomic_store(&p, &w);
    while (!atomic_load(&w))
        syscall(SYS_futex, &w, FUTEX_WAIT_PRIVATE, 0, 0, 0, 0);
    return 0;
}
int main(void)
{
    pthread_t a;
    pthread_create(&a, 0, t, 0);
    atomic_int *q;
    while (!(q = atomic_load(&p))) {
    }
    atomic_store(q, 1);
    syscall(SYS_futex, q, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
    syscall(SYS_futex, q, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
    atomic_store(q, 1);
    pthread_join(a, 0);
    return 0;
}

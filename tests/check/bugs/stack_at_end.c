/* SPDX-License-Identifier: MIT */
/*
 * A thread waits for a flag on its own stack and ends; the other one writes once more to
 * the flag, which may be gone: the mistake of a condition variable that looks at a waiter
 * which it has woken.
 */
// expect: wrong use after free
// expect: verified -DONCE
// expect: wrong use after free -DONCE -DORDER=memory_order_relaxed
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#ifndef ORDER
#define ORDER memory_order_acquire
#endif

static _Atomic(atomic_int *) shared;

static void *waiter(void *unused)
{
    atomic_int flag = 0;
    atomic_store_explicit(&shared, &flag, memory_order_release);
    while (atomic_load_explicit(&flag, ORDER) == 0) {
    }
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, waiter, NULL);
    atomic_int *flag;
    while ((flag = atomic_load_explicit(&shared, memory_order_acquire)) == NULL) {
    }
    atomic_store_explicit(flag, 1, memory_order_release);
#ifndef ONCE
    atomic_store_explicit(flag, 1, memory_order_release);
#endif
    pthread_join(thread, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: wrong hang
/*
 * A futex mutex of three states in which a woken waiter takes the lock as "nobody waits".
 * With two waiters, the second one is forgotten.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FREE, HELD, WAITED_FOR };

static atomic_int state;

static int swap(int from, int to)
{
    atomic_compare_exchange_strong(&state, &from, to);
    return from; /* what was there */
}

static void lock(void)
{
    while (swap(FREE, HELD) !=
           FREE) { /* wrong: after a sleep it must become WAITED_FOR */
        if (swap(HELD, WAITED_FOR) != FREE) {
            syscall(SYS_futex, &state, FUTEX_WAIT_PRIVATE, WAITED_FOR, NULL, NULL, 0);
        }
    }
}

static void unlock(void)
{
    if (atomic_exchange(&state, FREE) == WAITED_FOR) {
        syscall(SYS_futex, &state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

static void *enter(void *unused)
{
    (void)unused;
    lock();
    unlock();
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, enter, NULL);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

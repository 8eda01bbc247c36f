/* SPDX-License-Identifier: MIT */
/*
 * A mutex of three states that sleeps in the kernel (Linux).
 *
 *   lockcheck examples/check/futex_mutex.c
 *
 *       FREE ──lock──▶ HELD ──another lock──▶ WAITED_FOR
 *        ▲               │                        │
 *        └────unlock─────┴─────unlock and wake────┘
 *
 * Without waiters neither lock nor unlock calls the kernel. A waiter first makes the
 * state WAITED_FOR, and sleeps only if it still is when the kernel looks. Who has waited
 * takes the mutex as WAITED_FOR, because there may be others asleep that it does not
 * know of.
 *
 * U. Drepper, "Futexes are tricky", 2011 (his third mutex).
 *
 * Try: let a waiter take the mutex as HELD (exchange HELD in the loop): with three
 * threads, one sleeps for ever, and lockcheck says that the program hangs. Make the
 * release in unlock relaxed: a race on the counter.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FREE, HELD, WAITED_FOR };

static atomic_int state = FREE;
static int counter;

static void lock(void)
{
    int found = FREE;
    if (atomic_compare_exchange_strong_explicit(
            &state, &found, HELD, memory_order_acquire, memory_order_relaxed)) {
        return;
    }
    if (found == HELD) {
        found = atomic_exchange_explicit(&state, WAITED_FOR, memory_order_acquire);
    }
    while (found != FREE) {
        syscall(SYS_futex, &state, FUTEX_WAIT_PRIVATE, WAITED_FOR, NULL, NULL, 0);
        found = atomic_exchange_explicit(&state, WAITED_FOR, memory_order_acquire);
    }
}

static void unlock(void)
{
    if (atomic_exchange_explicit(&state, FREE, memory_order_release) == WAITED_FOR) {
        syscall(SYS_futex, &state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

enum { THREADS = 3 };

static void *count(void *unused)
{
    (void)unused;
    lock();
    counter++;
    unlock();
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(counter == THREADS);
    return 0;
}

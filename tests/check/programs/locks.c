/* SPDX-License-Identifier: MIT */
// expect: verified 6 executions -DLOCK=flag
// long: verified 6 executions -DLOCK=exchange
// long: verified 6 executions -DLOCK=exchange_yield
// long: verified 6 executions -DLOCK=swap
// expect: verified 6 executions -DLOCK=swap_weak
// expect: verified 6 executions -DLOCK=swap_goto
// long: verified 6 executions -DLOCK=bit
// expect: verified 6 executions -DLOCK=ticket
/*
 * Spin locks as people write them, taken once by three threads: 3! orders, for a try that
 * fails is no execution.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#ifndef LOCK
#define LOCK flag
#endif
#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

static atomic_flag busy = ATOMIC_FLAG_INIT;
static atomic_int held;
static atomic_uint next, serving;
static int counter;

static inline void lock_flag(void)
{
    while (atomic_flag_test_and_set_explicit(&busy, memory_order_acquire)) {
    }
}

static inline void unlock_flag(void)
{
    atomic_flag_clear_explicit(&busy, memory_order_release);
}

static inline void lock_exchange(void)
{
    while (atomic_exchange_explicit(&held, 1, memory_order_acquire) != 0)
        ;
}

static inline void unlock_exchange(void)
{
    atomic_store_explicit(&held, 0, memory_order_release);
}

static inline void lock_exchange_yield(void)
{
    for (;;) {
        if (atomic_exchange(&held, 1) == 0) {
            return;
        }
        sched_yield();
    }
}

static inline void unlock_exchange_yield(void)
{
    atomic_store(&held, 0);
}

static inline void lock_swap(void)
{
    int expected = 0;
    while (!atomic_compare_exchange_strong_explicit(
        &held, &expected, 1, memory_order_acquire, memory_order_relaxed)) {
        expected = 0;
    }
}

static inline void unlock_swap(void)
{
    unlock_exchange();
}

static inline void lock_swap_weak(void)
{
    int expected;
    do {
        expected = 0;
    } while (!atomic_compare_exchange_weak(&held, &expected, 1));
}

static inline void unlock_swap_weak(void)
{
    held = 0;
}

static inline void lock_swap_goto(void)
{
    int expected;
retry:
    expected = 0;
    if (!atomic_compare_exchange_strong(&held, &expected, 1)) {
        goto retry;
    }
}

static inline void unlock_swap_goto(void)
{
    atomic_exchange(&held, 0);
}

static inline void lock_bit(void)
{
    while (atomic_fetch_or(&held, 4) & 4) {
    }
}

static inline void unlock_bit(void)
{
    atomic_fetch_and(&held, ~4);
}

static inline void lock_ticket(void)
{
    unsigned mine = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    while (atomic_load_explicit(&serving, memory_order_acquire) != mine) {
    }
}

static inline void unlock_ticket(void)
{
    unsigned now = atomic_load_explicit(&serving, memory_order_relaxed);
    atomic_store_explicit(&serving, now + 1, memory_order_release);
}

static void *count(void *unused)
{
    (void)unused;
    JOIN(lock_, LOCK)();
    counter++;
    JOIN(unlock_, LOCK)();
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(counter == 3);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * A register of two words, under a sequence lock: is it linearizable?
 *
 *   lockcheck examples/check/linear_register.c                 verified
 *   lockcheck examples/check/linear_register.c -- -DWRONG      wrong: assertion
 *
 * There is one writer. With WRONG a read does not look whether the sequence number is
 * still what it was, and may return half of one value and half of another one.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "spec/register.h"

static atomic_uint sequence;
static atomic_long low, high;

static void set(long value)
{
    struct call *call = history_call(REGISTER_WRITE, value);
    unsigned now = atomic_load_explicit(&sequence, memory_order_relaxed);
    atomic_store_explicit(&sequence, now + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&low, value % 10, memory_order_relaxed);
    atomic_store_explicit(&high, value / 10, memory_order_relaxed);
    atomic_store_explicit(&sequence, now + 2, memory_order_release);
    history_return(call, 0);
}

static void get(void)
{
    struct call *call = history_call(REGISTER_READ, 0);
    unsigned before, after;
    long value;
    do {
        before = atomic_load_explicit(&sequence, memory_order_acquire);
        value = atomic_load_explicit(&low, memory_order_relaxed);
        value += 10 * atomic_load_explicit(&high, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
        after = atomic_load_explicit(&sequence, memory_order_relaxed);
#ifdef WRONG
        after = before = 0;
#endif
    } while (before % 2 != 0 || before != after);
    history_return(call, value);
}

static void *reader(void *unused)
{
    get();
    get();
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, reader, NULL);
    set(11);
    set(22);
    pthread_join(thread, NULL);
    get();
    history_check(&register_spec);
    return 0;
}

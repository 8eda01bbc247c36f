/* SPDX-License-Identifier: MIT */
// expect: wrong assertion
/*
 * A thread is seen to wait, and goes on later. Where it waits for ever is found out
 * first, in an execution without the write that it waits for.
 */
#include <assert.h>
#include <lockstep/wait.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

bool lks_thread_waits(unsigned thread);

static atomic_int begun, x, z, seen;

/* In one place for all: that it is one of a wait is known before the waiter comes. */
static __attribute__((noinline)) void wait_for(atomic_int *word)
{
    lks_await(atomic_load_explicit(word, memory_order_relaxed) == 1);
}

static void *waiter(void *argument)
{
    atomic_store_explicit(&begun, 1, memory_order_relaxed);
    wait_for(&x);
    assert(!atomic_load_explicit(&seen, memory_order_relaxed));
    return argument;
}

static void *looker(void *argument)
{
    if (lks_thread_waits(1)) {
        atomic_store_explicit(&seen, 1, memory_order_relaxed);
    }
    return argument;
}

static void *writer(void *argument)
{
    if (atomic_load_explicit(&z, memory_order_relaxed) == 0) {
        atomic_store_explicit(&x, 1, memory_order_relaxed);
    }
    return argument;
}

static void *other(void *argument)
{
    atomic_store_explicit(&z, 1, memory_order_relaxed);
    return argument;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, waiter, NULL);
    pthread_create(&thread, NULL, looker, NULL);
    pthread_create(&thread, NULL, other, NULL);
    pthread_create(&thread, NULL, writer, NULL);
    wait_for(&begun);
    exit(0);
}

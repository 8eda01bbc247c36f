/* SPDX-License-Identifier: MIT */
// expect: wrong race
/*
 * A test-and-set that fails writes what was there, and does so beside a plain read; the
 * one that succeeds comes after that.
 */
#include <lockstep/wait.h>
#include <pthread.h>
#include <stdatomic.h>

static union {
    atomic_int word;
    int plain;
} x, begun;

/* In one place for all: that it is one of a wait is known before the waiter comes. */
static __attribute__((noinline)) int take(atomic_int *word)
{
    return atomic_exchange_explicit(word, 1, memory_order_acquire);
}

static void *waiter(void *argument)
{
    atomic_store_explicit(&begun.word, 0, memory_order_relaxed);
    lks_await(take(&x.word) == 0);
    return argument;
}

static void *reader(void *argument)
{
    int value = x.plain;
    atomic_store_explicit(&x.word, value - 1, memory_order_release);
    return argument;
}

int main(void)
{
    pthread_t threads[2];
    atomic_store_explicit(&x.word, 1, memory_order_relaxed);
    atomic_store_explicit(&begun.word, 1, memory_order_relaxed);
    pthread_create(&threads[0], NULL, waiter, NULL);
    pthread_create(&threads[1], NULL, reader, NULL);
    lks_await(take(&begun.word) == 0);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}

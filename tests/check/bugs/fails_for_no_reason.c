/* SPDX-License-Identifier: MIT */
// expect: wrong assertion --spurious=1
/*
 * A wait goes on when a weak compare-and-swap of 0 for 0 fails: because there is no 0, or
 * for no reason. For x there is no other.
 */
#include <assert.h>
#include <lockstep/wait.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_int begun, x;

/* In one place for all: that it is one of a wait is known before the waiter comes. */
static __attribute__((noinline)) bool finds_zero(atomic_int *word)
{
    int expected = 0;
    return atomic_compare_exchange_weak_explicit(word, &expected, 0, memory_order_relaxed,
                                                 memory_order_relaxed);
}

static void *waiter(void *argument)
{
    atomic_store_explicit(&begun, 1, memory_order_relaxed);
    lks_await(!finds_zero(&x));
    assert(false);
    return argument;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, waiter, NULL);
    lks_await(!finds_zero(&begun));
}

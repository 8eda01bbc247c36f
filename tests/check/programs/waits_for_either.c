/* SPDX-License-Identifier: MIT */
// expect: verified 1 executions
/*
 * A wait looks at two words, and what it waits for comes to the first one when it has
 * looked there already: it does not wait for ever.
 */
#include <lockstep/wait.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int begun, x, never;

/* In one place for all: that it is one of a wait is known before the waiter comes. */
static __attribute__((noinline)) void wait_for_either(atomic_int *a, atomic_int *b)
{
    lks_await(atomic_load_explicit(a, memory_order_relaxed) == 1 ||
              atomic_load_explicit(b, memory_order_relaxed) == 1);
}

static void *waiter(void *argument)
{
    atomic_store_explicit(&begun, 1, memory_order_relaxed);
    wait_for_either(&x, &never);
    return argument;
}

static void *writer(void *argument)
{
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    return argument;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, waiter, NULL);
    pthread_create(&threads[1], NULL, writer, NULL);
    wait_for_either(&begun, &never);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}

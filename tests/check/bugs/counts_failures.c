/* SPDX-License-Identifier: MIT */
// expect: wrong race
/*
 * A try that fails changes a variable on its thread's stack, which another thread reads
 * before the thread goes on; the try that succeeds does not access it.
 */
#include <lockstep/wait.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int begun, x;
static int *_Atomic failures;

/* In one place for all: that it is one of a wait is known before the waiter comes. */
static __attribute__((noinline)) int look(atomic_int *word, int *count)
{
    int value = atomic_load_explicit(word, memory_order_acquire);
    if (value == 0) {
        (*count)++;
    }
    return value;
}

static void *waiter(void *argument)
{
    int count = 0;
    atomic_store_explicit(&failures, &count, memory_order_release);
    atomic_store_explicit(&begun, 1, memory_order_relaxed);
    lks_await(look(&x, &count) != 0);
    return argument;
}

static void *reader(void *argument)
{
    int *count = atomic_load_explicit(&failures, memory_order_acquire);
    int value = count == NULL ? 0 : *count;
    atomic_store_explicit(&x, 1 + value - value, memory_order_release);
    return argument;
}

int main(void)
{
    pthread_t threads[2];
    int own = 0;
    pthread_create(&threads[0], NULL, waiter, NULL);
    pthread_create(&threads[1], NULL, reader, NULL);
    lks_await(look(&begun, &own) != 0);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}

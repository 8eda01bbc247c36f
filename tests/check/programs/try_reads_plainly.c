/* SPDX-License-Identifier: MIT */
// expect: verified 1 executions
/*
 * A try that fails reads `plain` behind its compare-and-swap; the one that succeeds
 * releases, and only then `plain` is written: the read is before it, in every try.
 */
#include <lockstep/wait.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_int x;
static int plain;

static bool take(void)
{
    int expected = 1;
    if (atomic_compare_exchange_strong_explicit(&x, &expected, 2, memory_order_acq_rel,
                                                memory_order_acquire)) {
        return true;
    }
    return plain == 77;
}

static void *taker(void *argument)
{
    lks_await(take());
    return argument;
}

static void *giver(void *argument)
{
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    lks_await(atomic_load_explicit(&x, memory_order_acquire) == 2);
    plain = 5;
    return argument;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, taker, NULL);
    pthread_create(&threads[1], NULL, giver, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
}

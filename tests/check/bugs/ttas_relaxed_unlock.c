/* SPDX-License-Identifier: MIT */
// expect: wrong race
/* A test-and-test-and-set lock that is given back with a relaxed store. */
#include <stdatomic.h>
#include <stdbool.h>
#include <threads.h>

static atomic_bool locked;
static int counter;

static int count(void *unused)
{
    (void)unused;
    do {
        while (atomic_load_explicit(&locked, memory_order_relaxed)) {
            thrd_yield();
        }
    } while (atomic_exchange_explicit(&locked, true, memory_order_acquire));
    counter++;
    atomic_store_explicit(&locked, false, memory_order_relaxed); /* wrong: must release */
    return 0;
}

int main(void)
{
    thrd_t threads[2];
    for (int i = 0; i < 2; i++) {
        thrd_create(&threads[i], count, NULL);
    }
    for (int i = 0; i < 2; i++) {
        thrd_join(threads[i], NULL);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified 4 executions
/*
 * Test-and-test-and-set, two threads once. Either is first; the second's last look,
 * before its successful exchange, saw the lock free as it was at first or as it is
 * again: 2 * 2.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_bool locked;
static int counter;

static void *count(void *unused)
{
    (void)unused;
    for (;;) {
        while (atomic_load_explicit(&locked, memory_order_relaxed)) {
        }
        if (!atomic_exchange_explicit(&locked, true, memory_order_acquire)) {
            break;
        }
    }
    counter++;
    atomic_store_explicit(&locked, false, memory_order_release);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(counter == 2);
    return 0;
}

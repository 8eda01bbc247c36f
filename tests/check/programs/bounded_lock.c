/* SPDX-License-Identifier: MIT */
// expect: verified 6 executions
/*
 * Two threads try twice to get a lock, and give up after that: no waits. Either is
 * first; the other gets the lock at once, at its second try, or not at all: 2 * 3.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_bool locked;
static int counter, successes[2];

static void *try_twice(void *success)
{
    for (int i = 0; i < 2; i++) {
        if (!atomic_exchange_explicit(&locked, true, memory_order_acquire)) {
            counter++;
            *(int *)success = 1;
            atomic_store_explicit(&locked, false, memory_order_release);
            break;
        }
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, try_twice, &successes[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(counter == successes[0] + successes[1] && counter >= 1);
    return 0;
}

// SPDX-License-Identifier: MIT
// A thread prepares its node anew for each try to take a lock, as where a queue lock is
// tried in a loop: a turn that writes once more what is there is a failed try. One of the
// two threads comes first: two executions.
//
// expect: verified 2 executions
#include <pthread.h>
#include <stdatomic.h>

static atomic_int node, lock;
static int data;

static void *hold(void *unused)
{
    (void)unused;
    while (atomic_exchange_explicit(&lock, 1, memory_order_acquire) == 1) {
    }
    data++;
    atomic_store_explicit(&lock, 0, memory_order_release);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    int expected;
    pthread_create(&thread, NULL, hold, NULL);
    do {
        expected = 0;
        atomic_store_explicit(&node, 1, memory_order_relaxed);
    } while (!atomic_compare_exchange_strong_explicit(
        &lock, &expected, 1, memory_order_acquire, memory_order_relaxed));
    data++;
    atomic_store_explicit(&lock, 0, memory_order_release);
    pthread_join(thread, NULL);
    return data - 2;
}

/* SPDX-License-Identifier: MIT */
/* THREADS threads that are alike take a test-and-test-and-set lock of their own ROUNDS
   times each, around plain data; one that comes too late waits, each time twice as
   long. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int taken;
static int data;

static void lock(void)
{
    for (unsigned turns = 1;; turns *= 2) {
        while (atomic_load_explicit(&taken, memory_order_relaxed)) {
        }
        if (!atomic_exchange_explicit(&taken, 1, memory_order_acquire)) {
            return;
        }
        for (volatile unsigned i = 0; i < turns; i++) {
        }
    }
}

static void *lock_each_round(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        lock();
        data++;
        atomic_store_explicit(&taken, 0, memory_order_release);
    }
    return argument;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, lock_each_round, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return data != THREADS * ROUNDS;
}

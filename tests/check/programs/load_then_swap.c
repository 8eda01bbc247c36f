// SPDX-License-Identifier: MIT
// A value is loaded, and swapped for the next one until that succeeds: what was loaded
// before a swap that failed makes no difference. Each of three threads is the first, the
// second or the third: six executions.
//
// expect: verified 6 executions
#include <pthread.h>
#include <stdatomic.h>

static atomic_int value;

static void *add(void *unused)
{
    (void)unused;
    int found = atomic_load_explicit(&value, memory_order_relaxed);
    while (!atomic_compare_exchange_strong_explicit(
        &value, &found, found + 1, memory_order_relaxed, memory_order_relaxed)) {
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, add, NULL);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    return atomic_load(&value) - 3;
}

/* SPDX-License-Identifier: MIT */
// long: wrong race
/* A spin lock that is taken with a relaxed compare-and-swap. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int locked;
static int counter;

static void *count(void *unused)
{
    (void)unused;
    int expected = 0;
    while (!atomic_compare_exchange_weak_explicit(&locked, &expected, 1,
                                                  memory_order_relaxed, /* wrong */
                                                  memory_order_relaxed)) {
        expected = 0;
    }
    counter++;
    atomic_store_explicit(&locked, 0, memory_order_release);
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
    return 0;
}

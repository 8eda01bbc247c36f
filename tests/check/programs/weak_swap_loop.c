/* SPDX-License-Identifier: MIT */
// long: verified
// long: verified --spurious
// An increment by weak compare-and-swap in a loop is right either way.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int sum;

static void *add(void *unused)
{
    (void)unused;
    int old = atomic_load_explicit(&sum, memory_order_relaxed);
    while (!atomic_compare_exchange_weak(&sum, &old, old + 1)) {
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, add, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(atomic_load(&sum) == 2);
    return 0;
}

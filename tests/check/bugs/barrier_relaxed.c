/* SPDX-License-Identifier: MIT */
// long: wrong race
/*
 * A central barrier that counts with relaxed additions: all meet, but nobody is sure to
 * see what the others did before.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

static atomic_int arrived;
static int data[2], sums[2];

static void *meet(void *argument)
{
    intptr_t self = (intptr_t)argument;
    data[self] = 1;
    atomic_fetch_add_explicit(&arrived, 1,
                              memory_order_relaxed); /* wrong: must release */
    while (atomic_load_explicit(&arrived, memory_order_acquire) < 2) {
    }
    sums[self] = data[0] + data[1];
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (intptr_t i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, meet, (void *)i);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

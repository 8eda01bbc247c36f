/* SPDX-License-Identifier: MIT */
/*
 * Load buffering where each thread copies what it reads: 42 cannot come out of thin air.
 */
// long: 3 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int x, y;
static int a, b;

static void *first(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&x, memory_order_relaxed);
    atomic_store_explicit(&y, a, memory_order_relaxed);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    b = atomic_load_explicit(&y, memory_order_relaxed);
    atomic_store_explicit(&x, b, memory_order_relaxed);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
#ifdef CHECK
    assert(!(a != 0 || b != 0));
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Seq_cst on one variable orders no others: message passing by a seq_cst message and a
 * relaxed flag.
 */
// case: 4 executions, allowed

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int message, flag;
static int seen, got;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&message, 1, memory_order_seq_cst);
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    seen = atomic_load_explicit(&flag, memory_order_relaxed);
    got = atomic_load_explicit(&message, memory_order_seq_cst);
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
    assert(!(seen == 1 && got == 0));
#endif
    return 0;
}

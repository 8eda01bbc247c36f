/* SPDX-License-Identifier: MIT */
// expect: wrong race
/*
 * Peterson's algorithm with release and acquire, as one would port it from a book: each
 * thread may miss the other's flag.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

static atomic_int wants[2];
static atomic_int turn;
static int counter;

static void *enter(void *argument)
{
    int self = (int)(intptr_t)argument, other = 1 - self;
    atomic_store_explicit(&wants[self], 1, memory_order_release);
    /* wrong: a seq_cst fence is missing here */
    atomic_store_explicit(&turn, other, memory_order_release);
    /* and here */
    while (atomic_load_explicit(&wants[other], memory_order_acquire) &&
           atomic_load_explicit(&turn, memory_order_acquire) == other) {
    }
    counter++;
    atomic_store_explicit(&wants[self], 0, memory_order_release);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (intptr_t i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, enter, (void *)i);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

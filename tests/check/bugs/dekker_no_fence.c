/* SPDX-License-Identifier: MIT */
// expect: wrong race
/* Dekker's algorithm with release and acquire: each thread may miss the other's flag. */
#include <stdatomic.h>
#include <stdint.h>
#include <threads.h>

static atomic_int wants[2];
static atomic_int turn;
static int counter;

static int enter(void *argument)
{
    int self = (int)(intptr_t)argument, other = 1 - self;
    atomic_store_explicit(&wants[self], 1, memory_order_release);
    /* wrong: a seq_cst fence is missing here */
    while (atomic_load_explicit(&wants[other], memory_order_acquire)) {
        if (atomic_load_explicit(&turn, memory_order_acquire) != self) {
            atomic_store_explicit(&wants[self], 0, memory_order_release);
            while (atomic_load_explicit(&turn, memory_order_acquire) != self) {
                thrd_yield();
            }
            atomic_store_explicit(&wants[self], 1, memory_order_release);
        }
    }
    counter++;
    atomic_store_explicit(&turn, other, memory_order_release);
    atomic_store_explicit(&wants[self], 0, memory_order_release);
    return 0;
}

int main(void)
{
    thrd_t threads[2];
    for (intptr_t i = 0; i < 2; i++) {
        thrd_create(&threads[i], enter, (void *)i);
    }
    for (int i = 0; i < 2; i++) {
        thrd_join(threads[i], NULL);
    }
    return 0;
}

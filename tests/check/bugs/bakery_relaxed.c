/* SPDX-License-Identifier: MIT */
// long: wrong race
/*
 * Lamport's bakery with release and acquire: two customers may draw without seeing that
 * the other is choosing.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

static atomic_int choosing[2], number[2];
static int counter;

static void *customer(void *argument)
{
    int self = (int)(intptr_t)argument, other = 1 - self;
    atomic_store_explicit(&choosing[self], 1, memory_order_release);
    int mine = 1 + atomic_load_explicit(&number[other], memory_order_acquire);
    atomic_store_explicit(&number[self], mine, memory_order_release);
    atomic_store_explicit(&choosing[self], 0, memory_order_release);
    while (atomic_load_explicit(&choosing[other], memory_order_acquire)) {
    }
    for (;;) {
        int theirs = atomic_load_explicit(&number[other], memory_order_acquire);
        if (theirs == 0 || mine < theirs || (mine == theirs && self < other)) {
            break;
        }
    }
    counter++;
    atomic_store_explicit(&number[self], 0, memory_order_release);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (intptr_t i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, customer, (void *)i);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

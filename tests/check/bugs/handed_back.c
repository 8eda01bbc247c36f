/* SPDX-License-Identifier: MIT */
/* Data that goes to and fro between two threads; the last time, what says so orders
   nothing. Both have accessed it in the same way before. */
// expect: wrong race
#include <pthread.h>
#include <stdatomic.h>

static int data;
static atomic_int given, returned, given_again;

static void *give(void *argument)
{
    data = 1;
    atomic_store_explicit(&given, 1, memory_order_release);
    if (atomic_load_explicit(&returned, memory_order_acquire) == 1) {
        data = 3;
        atomic_store_explicit(&given_again, 1, memory_order_relaxed);
    }
    return argument;
}

int main(void)
{
    pthread_t giver;
    pthread_create(&giver, NULL, give, NULL);
    if (atomic_load_explicit(&given, memory_order_acquire) == 1) {
        data = 2;
        atomic_store_explicit(&returned, 1, memory_order_release);
        if (atomic_load_explicit(&given_again, memory_order_acquire) == 1) {
            data = 4;
        }
    }
    pthread_join(giver, NULL);
    return 0;
}

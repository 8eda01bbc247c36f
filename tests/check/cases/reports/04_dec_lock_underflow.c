/* SPDX-License-Identifier: MIT */
/* SRC: concurrencykit/ck #99 ck_dec spinlock can acquire the already-acquired lock
   KIND: wrap of a counter after many failed tries (here 8 bits)
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static _Atomic unsigned char value = 1; /* 1: free */
static int data;
static void lock(void)
{
    for (;;) {
        if (atomic_fetch_sub_explicit(&value, 1, memory_order_acquire) == 1)
            return;
#ifdef FIXED
        while (atomic_load_explicit(&value, memory_order_relaxed) != 1)
            ;
#endif
    }
}
static void unlock(void)
{
    atomic_store_explicit(&value, 1, memory_order_release);
}
static void *run(void *p)
{
    lock();
    data++;
    unlock();
    return p;
}
int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, run, NULL);
    pthread_create(&b, NULL, run, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    assert(data == 2);
    return 0;
}

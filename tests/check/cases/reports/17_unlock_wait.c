/* SPDX-License-Identifier: MIT */
/* SRC: Linux arm64 "serialise spin_unlock_wait against concurrent lockers" (pages, kernel commit d86b8da04dfa)
   KIND: acquire-only lock lets a load pass its own store; unlock_wait overlooks a holder
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static _Atomic int lock, dead;
static _Atomic int object = 1;
static void *killer(void *p)
{
    atomic_store_explicit(&object, 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    while (atomic_load_explicit(&lock, memory_order_acquire))
        ;
    atomic_thread_fence(memory_order_seq_cst);
    atomic_store_explicit(&dead, 1, memory_order_relaxed);
    return p;
}
static void *user(void *p)
{
    while (atomic_exchange_explicit(&lock, 1, memory_order_acquire))
        ;
#ifdef FIXED
    atomic_thread_fence(memory_order_seq_cst);
#endif
    if (atomic_load_explicit(&object, memory_order_relaxed))
        assert(!atomic_load_explicit(&dead, memory_order_relaxed));
    atomic_store_explicit(&lock, 0, memory_order_release);
    return p;
}
int main(void)
{
    pthread_t a, b, c;
    pthread_create(&a, NULL, killer, NULL);
    pthread_create(&b, NULL, user, NULL);
    pthread_create(&c, NULL, user, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    pthread_join(c, NULL);
    return 0;
}

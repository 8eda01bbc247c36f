/* SPDX-License-Identifier: MIT */
/* SRC: concurrencykit/ck #213 ck_sequence_write_begin broke my code
   KIND: increment made a load and a store; user had two writers
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static _Atomic unsigned seq;
static _Atomic int a, b;
#ifdef FIXED
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
#endif
static void *writer(void *p)
{
    int v = (int)(long)p;
#ifdef FIXED
    pthread_mutex_lock(&m);
#endif
    atomic_store_explicit(&seq, atomic_load_explicit(&seq, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&a, v, memory_order_relaxed);
    atomic_store_explicit(&b, v, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&seq, atomic_load_explicit(&seq, memory_order_relaxed) + 1,
                          memory_order_relaxed);
#ifdef FIXED
    pthread_mutex_unlock(&m);
#endif
    return NULL;
}
static void *reader(void *p)
{
    unsigned s, e;
    int x, y;
    do {
        s = atomic_load_explicit(&seq, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
        x = atomic_load_explicit(&a, memory_order_relaxed);
        y = atomic_load_explicit(&b, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
        e = atomic_load_explicit(&seq, memory_order_relaxed);
    } while (s != e || (s & 1));
    assert(x == y);
    return p;
}
int main(void)
{
    pthread_t t[3];
    pthread_create(&t[0], NULL, writer, (void *)1L);
    pthread_create(&t[1], NULL, writer, (void *)2L);
    pthread_create(&t[2], NULL, reader, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    return 0;
}

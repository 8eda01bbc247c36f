/* SPDX-License-Identifier: MIT */
/* SRC: concurrencykit/ck #128 ck_bytelock test failures (x86-TSO and ppc64)
   KIND: missing store-load fence between a reader's byte and its look at the owner: a lock
   of that form, not that lock; the report names no cause
 */
#include <pthread.h>
#include <stdatomic.h>
static _Atomic unsigned owner;
static _Atomic unsigned char in[2];
static int data;
static void rd_lock(int i)
{
    for (;;) {
        atomic_store_explicit(&in[i], 1, memory_order_relaxed);
#ifdef FIXED
        atomic_thread_fence(memory_order_seq_cst);
#else
        atomic_thread_fence(memory_order_acq_rel);
#endif
        if (atomic_load_explicit(&owner, memory_order_acquire) == 0)
            return;
        atomic_store_explicit(&in[i], 0, memory_order_release);
        while (atomic_load_explicit(&owner, memory_order_relaxed) != 0)
            ;
    }
}
static void *reader(void *p)
{
    int i = (int)(long)p;
    rd_lock(i);
    int seen = data;
    (void)seen;
    atomic_store_explicit(&in[i], 0, memory_order_release);
    return NULL;
}
static void *writer(void *p)
{
    unsigned none = 0;
    while (!atomic_compare_exchange_strong(&owner, &none, 9))
        none = 0;
    atomic_thread_fence(memory_order_seq_cst);
    for (int i = 0; i < 2; i++)
        while (atomic_load_explicit(&in[i], memory_order_acquire))
            ;
    data++;
    atomic_store_explicit(&owner, 0, memory_order_release);
    return p;
}
int main(void)
{
    pthread_t a, b, w;
    pthread_create(&a, NULL, reader, (void *)0L);
    pthread_create(&b, NULL, reader, (void *)1L);
    pthread_create(&w, NULL, writer, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    pthread_join(w, NULL);
    return 0;
}

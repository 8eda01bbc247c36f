/* SPDX-License-Identifier: MIT */
/* SRC: dotnet/coreclr PR #6257 leave_spin_lock: holder and lock written without a barrier on ARM64
   KIND: missing release; assertion on the holder's field fires
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static _Atomic long word = -1;
static _Atomic long holder = -1;
static void *run(void *p)
{
    long me = (long)p, none = -1;
    while (!atomic_compare_exchange_strong(&word, &none, me))
        none = -1;
    assert(atomic_load_explicit(&holder, memory_order_relaxed) == -1);
    atomic_store_explicit(&holder, me, memory_order_relaxed);
    atomic_store_explicit(&holder, -1, memory_order_relaxed);
#ifdef FIXED
    atomic_store_explicit(&word, -1, memory_order_release);
#else
    atomic_store_explicit(&word, -1, memory_order_relaxed);
#endif
    return NULL;
}
int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, run, (void *)1L);
    pthread_create(&b, NULL, run, (void *)2L);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}

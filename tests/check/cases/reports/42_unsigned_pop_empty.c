/* SPDX-License-Identifier: MIT */
/* SRC: crossbeam PR #33 review: pop of an empty deque with unsigned indices makes it look full
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static _Atomic unsigned top, bottom;
static _Atomic int slot[2] = {-1, -1};
static int take(void)
{
    unsigned b = atomic_load_explicit(&bottom, memory_order_relaxed) - 1;
    atomic_store_explicit(&bottom, b, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    unsigned t = atomic_load_explicit(&top, memory_order_relaxed);
#ifdef FIXED
    if ((int)(b - t) < 0) {
#else
    if (b < t) {
#endif
        atomic_store_explicit(&bottom, b + 1, memory_order_relaxed);
        return -1;
    }
    return atomic_load_explicit(&slot[b % 2], memory_order_relaxed) + 100;
}
static void *thief(void *p)
{
    unsigned t = atomic_load(&top), b = atomic_load(&bottom);
#ifdef FIXED
    assert((int)(b - t) <= 2);
#else
    assert(b <= t || b - t <= 2);
#endif
    return p;
}
int main(void)
{
    pthread_t a;
    pthread_create(&a, NULL, thief, NULL);
    assert(take() == -1);
    pthread_join(a, NULL);
    return 0;
}

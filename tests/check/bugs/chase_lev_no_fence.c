/* SPDX-License-Identifier: MIT */
// expect: wrong assertion
// expect: verified -DFENCE
/*
 * A Chase–Lev deque whose owner and thief have no seq_cst fence between their two
 * accesses: both take the last item.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifdef FENCE
#define FULL_FENCE() atomic_thread_fence(memory_order_seq_cst)
#else
#define FULL_FENCE() (void)0
#endif

enum { EMPTY = -1, ITEMS = 2 };

static atomic_int items[ITEMS];
static atomic_int top, bottom;
static atomic_int taken[ITEMS];

static void push(int item)
{
    int b = atomic_load_explicit(&bottom, memory_order_relaxed);
    atomic_store_explicit(&items[b % ITEMS], item, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&bottom, b + 1, memory_order_relaxed);
}

static int take(void)
{
    int b = atomic_load_explicit(&bottom, memory_order_relaxed) - 1;
    atomic_store_explicit(&bottom, b, memory_order_relaxed);
    FULL_FENCE();
    int t = atomic_load_explicit(&top, memory_order_relaxed);
    int item = EMPTY;
    if (t <= b) {
        item = atomic_load_explicit(&items[b % ITEMS], memory_order_relaxed);
        if (t < b) {
            return item;
        }
        if (!atomic_compare_exchange_strong_explicit(
                &top, &t, t + 1, memory_order_seq_cst, memory_order_relaxed)) {
            item = EMPTY;
        }
    }
    atomic_store_explicit(&bottom, b + 1, memory_order_relaxed);
    return item;
}

static int steal(void)
{
    int t = atomic_load_explicit(&top, memory_order_acquire);
    FULL_FENCE();
    int b = atomic_load_explicit(&bottom, memory_order_acquire);
    if (t >= b) {
        return EMPTY;
    }
    int item = atomic_load_explicit(&items[t % ITEMS], memory_order_relaxed);
    return atomic_compare_exchange_strong_explicit(&top, &t, t + 1, memory_order_seq_cst,
                                                   memory_order_relaxed)
               ? item
               : EMPTY;
}

static void note(int item)
{
    if (item != EMPTY) {
        assert(atomic_fetch_add(&taken[item], 1) == 0);
    }
}

static void *thief(void *unused)
{
    (void)unused;
    note(steal());
    note(steal());
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, thief, NULL);
    push(0);
    push(1);
    note(take());
    note(take());
    pthread_join(thread, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * The Chase-Lev deque: an owner pushes and takes work at the bottom, thieves steal it
 * from the top.
 *
 *   lockcheck examples/check/chase_lev.c
 *
 * Owner and thief meet only at the last item. The owner lowers `bottom` and looks at
 * `top`; the thief looks at `top` and then at `bottom`: with a seq_cst fence in both,
 * one of them notices the other, and they settle it by a compare-and-swap of `top`. This
 * is the version that was proved for C11, with an array that does not grow.
 *
 * D. Chase and Y. Lev, "Dynamic circular work-stealing deque", SPAA 2005; N. M. Lê, A.
 * Pop, A. Cohen and F. Zappa Nardelli, "Correct and efficient work-stealing for weak
 * memory models", PPoPP 2013.
 *
 * Try: remove a seq_cst fence: an item is taken twice. Remove the release fence in push:
 * a thief takes what was never pushed.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

enum { SIZE = 4, ITEMS = 2, NOTHING = -1 };

static atomic_int top, bottom;
static atomic_int slots[SIZE];

static void push(int item)
{
    int at = atomic_load_explicit(&bottom, memory_order_relaxed);
    int first = atomic_load_explicit(&top, memory_order_acquire);
    assert(at - first < SIZE); /* a real one makes its array larger here */
    atomic_store_explicit(&slots[at % SIZE], item, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&bottom, at + 1, memory_order_relaxed);
}

static int take(void)
{
    int at = atomic_load_explicit(&bottom, memory_order_relaxed) - 1;
    atomic_store_explicit(&bottom, at, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    int first = atomic_load_explicit(&top, memory_order_relaxed);
    int item = NOTHING;
    if (first <= at) {
        item = atomic_load_explicit(&slots[at % SIZE], memory_order_relaxed);
        if (first < at) {
            return item; /* there are others for the thieves */
        }
        if (!atomic_compare_exchange_strong_explicit(
                &top, &first, first + 1, memory_order_seq_cst, memory_order_relaxed)) {
            item = NOTHING; /* a thief was quicker */
        }
    }
    atomic_store_explicit(&bottom, at + 1, memory_order_relaxed);
    return item;
}

static int steal(void)
{
    int first = atomic_load_explicit(&top, memory_order_acquire);
    atomic_thread_fence(memory_order_seq_cst);
    int end = atomic_load_explicit(&bottom, memory_order_acquire);
    if (first >= end) {
        return NOTHING;
    }
    int item = atomic_load_explicit(&slots[first % SIZE], memory_order_relaxed);
    if (!atomic_compare_exchange_strong_explicit(
            &top, &first, first + 1, memory_order_seq_cst, memory_order_relaxed)) {
        return NOTHING;
    }
    return item;
}

static int stolen[2] = {NOTHING, NOTHING};

static void *thief(void *unused)
{
    (void)unused;
    stolen[0] = steal();
    stolen[1] = steal();
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, thief, NULL);
    int times[ITEMS + 1] = {0}; /* how often each item has come out */
    for (int item = 1; item <= ITEMS; item++) {
        push(item);
    }
    for (int item = take(); item != NOTHING; item = take()) {
        times[item]++;
    }
    pthread_join(thread, NULL);
    for (int i = 0; i < 2; i++) {
        if (stolen[i] != NOTHING) {
            times[stolen[i]]++;
        }
    }
    assert(times[0] == 0); /* what an empty slot holds */
    for (int item = 1; item <= ITEMS; item++) {
        assert(times[item] == 1);
    }
    return 0;
}

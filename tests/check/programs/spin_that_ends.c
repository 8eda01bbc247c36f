/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions
// expect: verified 2 executions -DTRIES=100
// expect: verified 3 executions -DVALUES=2
// expect: verified 3 executions -DVALUES=2 -DTRIES=100
// expect: verified 3 executions -DVALUES=2 -DSPIN=by_swap
// expect: verified 2 executions -DSPIN=with_yield
// expect: verified 4 executions -DSPIN=counted -DTRIES=3
/*
 * A spin of so many tries, before something else is done. However many they are: it finds
 * the last value, at once, or always the same of the others: as many executions as there
 * are values. Counted, it matters in which try the last value is found, or that it is
 * not: one more than there are tries.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#ifndef TRIES
#define TRIES 10
#endif
#ifndef VALUES
#define VALUES 1
#endif
#ifndef SPIN
#define SPIN by_load
#endif

static atomic_int word, slept;

static inline int by_load(void)
{
    for (int tries = 0; tries < TRIES; tries++) {
        if (atomic_load_explicit(&word, memory_order_acquire) == VALUES) {
            return 1;
        }
    }
    return 0;
}

static inline int with_yield(void)
{
    for (int tries = 0; tries < TRIES; tries++) {
        if (atomic_load_explicit(&word, memory_order_acquire) == VALUES) {
            return 1;
        }
        sched_yield();
    }
    return 0;
}

static inline int by_swap(void)
{
    for (int tries = 0; tries < TRIES; tries++) {
        int last = VALUES;
        if (atomic_compare_exchange_strong(&word, &last, -1)) {
            return 1;
        }
    }
    return 0;
}

static inline int counted(void)
{
    int tries = 0;
    while (tries < TRIES && atomic_load(&word) != VALUES) {
        tries++;
    }
    return tries;
}

static void *set(void *unused)
{
    (void)unused;
    for (int value = 1; value <= VALUES; value++) {
        atomic_store_explicit(&word, value, memory_order_release);
    }
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, set, NULL);
    int found = SPIN();
    atomic_exchange(&slept, found);
    pthread_join(thread, NULL);
    assert(atomic_load(&slept) == found);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: wrong assertion
// expect: wrong assertion -DSPIN=last_but_one
/*
 * A spin that keeps something of the tries that fail: that it has seen both of two
 * values, which takes two other threads; or what the try before the last has found.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef SPIN
#define SPIN all
#endif
enum { TRIES = 4 };

static atomic_int word, result;

static int all(void)
{
    int seen = 0;
    for (int tries = 0; tries < TRIES; tries++) {
        int found = atomic_load_explicit(&word, memory_order_relaxed);
        seen |= found;
        if (found == 4) {
            break;
        }
    }
    return seen;
}

static int last_but_one(void)
{
    int before = 0, found = 0;
    for (int tries = 0; tries < TRIES && found != 2; tries++) {
        before = found;
        found = atomic_load_explicit(&word, memory_order_relaxed);
    }
    return found == 2 ? before | found : 0;
}

static void *set(void *value)
{
    atomic_store(&word, *(int *)value);
    return NULL;
}

int main(void)
{
    int one = 1, two = 2;
    pthread_t first, second;
    pthread_create(&first, NULL, set, &one);
    pthread_create(&second, NULL, set, &two);
    atomic_exchange(&result, SPIN());
    pthread_join(first, NULL);
    pthread_join(second, NULL);
    assert(atomic_load(&result) != 3);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified 4 executions -DTRY=by_pointer
// expect: verified 4 executions -DTRY=by_function
// expect: verified 4 executions -DTRY=by_array
// expect: verified 4 executions -DTRY=by_end_of_array
// expect: verified 4 executions -DTRY=by_neighbour
// long: verified 4 executions -DTRY=by_copies
// long: verified 4 executions -DTRY=by_bits
// long: verified 4 executions -DTRY=by_parts
// long: verified 4 executions -DTRY=by_union
// long: verified 4 executions -DTRY=by_float
// long: verified 4 executions -DTRY=by_long_double
// long: verified 4 executions -DTRY=by_volatile
// expect: verified 4 executions -DTRY=by_register
// long: verified 4 executions -DTRY=by_literal
// long: verified 4 executions -DTRY=by_variable_array
// expect: verified 4 executions -DTRY=by_switch
// long: verified 4 executions -DTRY=by_labels
// expect: verified 4 executions -DTRY=by_recursion
// expect: verified 4 executions -DTRY=by_argument
// long: verified 4 executions -DTRY=by_arguments_on_stack
// long: verified 4 executions -DTRY=by_value
// long: verified 4 executions -DTRY=by_result
// expect: verified 4 executions -DTRY=by_moving_on
// expect: verified 4 executions -DTRY=by_pointers
// expect: verified 2 executions -DTRY=remembers_before
// expect: verified 2 executions -DTRY=remembers_waiting
// expect: verified 2 executions -DTRY=remembers_in_caller
// long: verified 2 executions -DTRY=remembers_pointer
/*
 * Loops that look like waits but count their tries, or remember something of them, in
 * each place where a compiler may keep it: they are no waits. Those that try three times
 * see the flag at the first, second or third try, or never: 4 executions. Those that
 * remember whether they have waited: 2.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { MOST = 3 };

static atomic_int flag;

static bool is_set(void)
{
    return atomic_load(&flag) != 0;
}

static inline int by_pointer(void)
{
    int tries = 0, *count = &tries;
    while (*count < MOST && !atomic_load(&flag)) {
        ++*count;
    }
    return tries;
}

static void increase(int *number)
{
    ++*number;
}

static inline int by_function(void)
{
    int tries = 0;
    while (tries < MOST && !is_set()) {
        increase(&tries);
    }
    return tries;
}

static inline int by_array(void)
{
    int tries[4] = {0}, at = 2;
    while (tries[at] < MOST && !atomic_load(&flag)) {
        tries[at]++;
    }
    return tries[2];
}

static inline int by_end_of_array(void)
{
    int tries[4] = {0}, *end = &tries[4];
    while (end[-1] < MOST && !atomic_load(&flag)) {
        end[-1]++;
    }
    return end[-1];
}

struct pair {
    int tries, other;
};

static inline int by_neighbour(void)
{
    struct pair pair = {0, 0};
    int *other = &pair.other;
    while (
        ((struct pair *)(void *)((char *)other - offsetof(struct pair, other)))->tries <
            MOST &&
        !atomic_load(&flag)) {
        ((struct pair *)(void *)((char *)other - offsetof(struct pair, other)))->tries++;
    }
    return pair.tries;
}

static inline int by_copies(void)
{
    struct pair here = {0, 0}, there;
    while (here.tries < MOST && !atomic_load(&flag)) {
        there = here;
        there.tries++;
        memcpy(&here, &there, sizeof here);
    }
    return here.tries;
}

static inline int by_bits(void)
{
    struct {
        unsigned other : 3, tries : 2;
    } bits = {0, 0};
    while (bits.tries < MOST && !atomic_load(&flag)) {
        bits.tries++;
        bits.other = 1;
    }
    return bits.tries;
}

static inline int by_parts(void)
{
    unsigned char tries = 0, more = 0;
    short all = 0;
    while (all < MOST && !atomic_load(&flag)) {
        tries++;
        all = (short)(tries + more);
    }
    return all;
}

static inline int by_union(void)
{
    union {
        long wide;
        unsigned char narrow[8];
    } both = {0};
    while (both.narrow[3] < MOST && !atomic_load(&flag)) {
        both.wide += 1 << 24;
    }
    return both.narrow[3];
}

static inline int by_float(void)
{
    float tries = 0;
    double both = 0;
    while (both < 2 * MOST && !atomic_load(&flag)) {
        tries += 1;
        both = 2 * tries;
    }
    return (int)tries;
}

static inline int by_long_double(void)
{
    long double tries = 0;
    while (tries < MOST && !atomic_load(&flag)) {
        tries += 1;
    }
    return (int)tries;
}

static inline int by_volatile(void)
{
    volatile int tries = 0;
    while (tries < MOST && !atomic_load(&flag)) {
        tries = tries + 1;
    }
    return tries;
}

static inline int by_register(void)
{
    register int tries = 0;
    register long more = 0;
    while (tries + more < 2 * MOST && !is_set()) {
        tries++;
        more++;
    }
    return tries;
}

static inline int by_literal(void)
{
    int *tries = (int[]){0, 0};
    while (tries[1] < MOST && !atomic_load(&flag)) {
        tries[1]++;
    }
    return tries[1];
}

static inline int by_variable_array(void)
{
    volatile int size = 3;
    int tries[size];
    memset(tries, 0, sizeof tries);
    while (tries[size - 1] < MOST && !atomic_load(&flag)) {
        tries[size - 1]++;
    }
    return tries[2];
}

static inline int by_switch(void)
{
    int state = 10, tries = 0;
    while (state != 17) {
        switch (state) {
        case 10:
        case 11:
        case 12:
            state = atomic_load(&flag) ? 17 : state + 1;
            tries++;
            break;
        case 13:
            state = 14;
            break;
        case 14:
            state = 15;
            break;
        case 15:
            state = 16;
            break;
        default:
            state = 17;
        }
    }
    return tries > MOST ? MOST : tries;
}

static inline int by_labels(void)
{
    static void *const next[] = {&&again, &&again, &&again, &&done};
    int tries = 0;
again:
    if (!atomic_load(&flag)) {
        goto *next[++tries];
    }
done:
    return tries;
}

static int recursion(int tries)
{
    return tries == MOST || atomic_load(&flag) ? tries : recursion(tries + 1);
}

static inline int by_recursion(void)
{
    return recursion(0);
}

static bool try_again(int tries)
{
    return !atomic_load(&flag) && tries < MOST - 1;
}

static inline int by_argument(void)
{
    int tries = 0;
    while (try_again(tries)) {
        tries++;
    }
    return tries;
}

static bool sixth(int a, int b, int c, int d, int e, int f, int g, int tries)
{
    return !atomic_load(&flag) && a + b + c + d + e + f + g + tries < MOST - 1;
}

static inline int by_arguments_on_stack(void)
{
    int tries = 0;
    while (sixth(0, 0, 0, 0, 0, 0, 0, tries++)) {
    }
    return tries;
}

struct large {
    long padding[4];
    int tries;
};

static bool of_large(struct large large)
{
    return !atomic_load(&flag) && large.tries < MOST - 1;
}

static inline int by_value(void)
{
    struct large large = {{0}, 0};
    while (of_large(large)) {
        large.tries++;
    }
    return large.tries;
}

static struct large increased(struct large large)
{
    large.tries++;
    return large;
}

static inline int by_result(void)
{
    struct large large = {{0}, 0};
    while (large.tries < MOST && !atomic_load(&flag)) {
        large = increased(large);
    }
    return large.tries;
}

static inline int by_moving_on(void)
{
    char places[MOST], *at = places;
    while (at != places + MOST && !atomic_load(&flag)) {
        at++;
    }
    return (int)(at - places);
}

static inline int by_pointers(void)
{
    int first = 0, second = 0, *tries[] = {&first, &second};
    while (first + second < MOST && !atomic_load(&flag)) {
        ++*tries[(first + second) % 2];
    }
    return first + second;
}

static inline int remembers_before(void)
{
    int before = -1, now = -1;
    do {
        before = now;
        now = atomic_load(&flag);
    } while (now == 0);
    return -before;
}

static inline int remembers_waiting(void)
{
    bool waited = false;
    while (!atomic_load(&flag)) {
        waited = true;
    }
    return waited;
}

static void wait_for(void)
{
    while (!is_set()) {
    }
}

static inline int remembers_in_caller(void)
{
    int tries = 0;
    while (!is_set() && tries < 1) {
        tries++;
        wait_for();
    }
    return tries;
}

static inline int remembers_pointer(void)
{
    int none = 0, some = 1, *waited = &none;
    while (!atomic_load(&flag)) {
        waited = &some;
    }
    return *waited;
}

static void *set(void *unused)
{
    (void)unused;
    atomic_store(&flag, 1);
    return NULL;
}

#ifndef TRY
#define TRY by_pointer
#endif

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, set, NULL);
    int tries = TRY();
    assert(tries <= MOST);
    pthread_join(thread, NULL);
    return 0;
}

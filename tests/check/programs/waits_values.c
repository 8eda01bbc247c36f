/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution -DWAIT=kept
// expect: verified 1 execution -DWAIT=kept_in_block
// long: verified 1 execution -DWAIT=kept_outside
// expect: verified 1 execution -DWAIT=compared_elsewhere
// long: verified 1 execution -DWAIT=kept_small
// long: verified 1 execution -DWAIT=two_values
// expect: verified 1 execution -DWAIT=sum_of_two
// expect: verified 1 execution -DWAIT=forgotten
// long: verified 1 execution -DWAIT=overwritten
// expect: verified 1 execution -DWAIT=by_result
// expect: verified 1 execution -DWAIT=by_result_of_result
// expect: verified 1 execution -DWAIT=beside_an_address
// long: verified 1 execution -DWAIT=beside_an_array
// long: verified 1 execution -DWAIT=in_a_switch
// expect: verified 1 execution -DWAIT=by_swap
// long: verified 1 execution -DWAIT=by_swap_anew
// long: verified 1 execution -DWAIT=with_fence
// expect: verified 1 execution -DWAIT=then_more
/*
 * Waits that keep the value they have read, in a variable that holds something else
 * before the first try than before the second, but is written before it is read again.
 * One execution each, as in waits.c.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

static int data;
static atomic_int flag, second_flag;
static atomic_short small;
static _Atomic(int *) pointer;

static inline void kept(void)
{
    int *found;
    while ((found = atomic_load(&pointer)) == NULL) {
    }
    assert(found == &data);
}

static inline void kept_in_block(void)
{
    for (;;) {
        int *found = atomic_load(&pointer);
        if (found != NULL) {
            assert(*found == 1);
            break;
        }
    }
}

static inline void kept_outside(void)
{
    int *found = (int *)&flag;
    do {
        found = atomic_load(&pointer);
    } while (!found);
    assert(*found == 1);
}

static inline void compared_elsewhere(void)
{
    int seen = 7;
    bool ready;
    do {
        seen = atomic_load(&flag);
        ready = seen == 1;
    } while (!ready);
    assert(ready && seen == 1);
}

static inline void kept_small(void)
{
    short seen = 7;
    while ((seen = atomic_load(&small)) != 1) {
    }
    assert(seen == 1);
}

static inline void two_values(void)
{
    int first = 3, second = 4;
    while ((first = atomic_load(&flag)) == 0 ||
           (second = atomic_load(&second_flag)) == 0) {
    }
    assert(first + second == 2);
}

static inline void sum_of_two(void)
{
    while (atomic_load(&flag) + atomic_load(&second_flag) != 2) {
    }
}

static inline void forgotten(void)
{
    int before = 5, now = 6;
    do {
        before = now;
        now = atomic_load(&flag);
    } while (now == 0);
}

static inline void overwritten(void)
{
    int seen = 5;
    while (!atomic_load(&flag)) {
        seen = 6;
    }
    seen = 7;
    assert(seen == 7);
}

static int *find(void)
{
    int *found = atomic_load(&pointer);
    return found;
}

static inline void by_result(void)
{
    int *found;
    while ((found = find()) == NULL) {
    }
    assert(*found == 1);
}

static bool is_there(int **found)
{
    int *here = find();
    if (here == NULL) {
        return false;
    }
    *found = here;
    return true;
}

static inline void by_result_of_result(void)
{
    int *found = NULL;
    bool there = true;
    do {
        there = is_there(&found);
    } while (!there);
    assert(*found == 1);
}

static void increase(int *number)
{
    ++*number;
}

static inline void beside_an_address(void)
{
    int before = 0, *found, after = 0;
    increase(&before);
    increase(&after);
    while ((found = atomic_load(&pointer)) == NULL) {
    }
    assert(*found == before && after == 1);
}

static inline void beside_an_array(void)
{
    int numbers[3] = {0, 1, 2}, *found, at = 1;
    numbers[at + 1] = 1;
    while ((found = atomic_load(&pointer)) == NULL) {
    }
    assert(*found == numbers[2]);
}

static inline void in_a_switch(void)
{
    int *found, state = 4;
    while (state != 0) {
        switch (state) {
        case 1:
        case 2:
        case 3:
        case 5:
            state = 0;
            break;
        case 4:
            found = atomic_load(&pointer);
            state = found == NULL ? 4 : 5;
        }
    }
}

static inline void by_swap(void)
{
    int seen = 5;
    do {
        seen = 1;
    } while (!atomic_compare_exchange_strong(&flag, &seen, 1));
    assert(seen == 1);
}

static inline void by_swap_anew(void)
{
    for (;;) {
        int seen = 1;
        if (atomic_compare_exchange_weak(&flag, &seen, 1)) {
            break;
        }
    }
}

static inline void with_fence(void)
{
    int seen;
    do {
        seen = atomic_load_explicit(&flag, memory_order_relaxed);
        atomic_thread_fence(memory_order_seq_cst);
    } while (!seen);
}

static inline void then_more(void)
{
    int *found, seen;
    while ((seen = atomic_load(&flag)) == 0) {
    }
    while ((found = atomic_load(&pointer)) == NULL) {
    }
    assert(*found == seen);
}

static void *publish(void *unused)
{
    (void)unused;
    data = 1;
    atomic_store(&pointer, &data);
    atomic_store(&small, 1);
    atomic_store(&second_flag, 1);
    atomic_store(&flag, 1);
    return NULL;
}

#ifndef WAIT
#define WAIT kept
#endif

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, publish, NULL);
    WAIT();
    assert(data == 1);
    pthread_join(thread, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// long: verified 1 execution -DWAIT=empty_while
// long: verified 1 execution -DWAIT=while_operator
// long: verified 1 execution -DWAIT=while_compared
// expect: verified 1 execution -DWAIT=with_yield
// expect: verified 1 execution -DWAIT=with_pause
// long: verified 1 execution -DWAIT=with_sleep
// long: verified 1 execution -DWAIT=do_while
// expect: verified 1 execution -DWAIT=do_while_local
// long: verified 1 execution -DWAIT=with_goto
// expect: verified 1 execution -DWAIT=for_break
// long: verified 1 execution -DWAIT=for_continue
// long: verified 1 execution -DWAIT=for_return
// long: verified 1 execution -DWAIT=with_switch
// expect: verified 1 execution -DWAIT=by_function
// long: verified 1 execution -DWAIT=by_pointer
// expect: verified 1 execution -DWAIT=by_addition_of_nothing
// long: verified 1 execution -DWAIT=by_swap_with_itself
// long: verified 1 execution -DWAIT=relaxed_then_fence
// long: verified 1 execution -DWAIT=fence_in_loop
// expect: verified 1 execution -DWAIT=two_conditions
// long: verified 1 execution -DWAIT=two_loops
// long: verified 1 execution -DWAIT=for_pointer
// expect: verified 1 execution -DWAIT=nested
// long: verified 1 execution -DWAIT=local_burn
/*
 * A thread publishes data, and main waits for it in all the ways in which people write
 * that. A failed try is no execution: what remains is the one in which each wait sees
 * the flag.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

static int data;
static atomic_int flag, second_flag;
static _Atomic(int *) pointer;

static inline void empty_while(void)
{
    while (!atomic_load_explicit(&flag, memory_order_acquire))
        ;
}

static inline void while_operator(void)
{
    while (!flag) {
    }
}

static inline void while_compared(void)
{
    while (atomic_load(&flag) != 1) {
    }
}

static inline void with_yield(void)
{
    while (atomic_load(&flag) == 0) {
        sched_yield();
    }
}

static inline void with_pause(void)
{
    while (atomic_load(&flag) == 0) {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#endif
    }
}

static inline void with_sleep(void)
{
    while (atomic_load(&flag) == 0) {
        usleep(10);
    }
}

static inline void do_while(void)
{
    do {
        sched_yield();
    } while (!atomic_load(&flag));
}

static inline void do_while_local(void)
{
    int seen = 0;
    do {
        seen = atomic_load(&flag);
    } while (seen == 0);
    assert(seen == 1);
}

static inline void with_goto(void)
{
again:
    if (atomic_load(&flag) == 0) {
        goto again;
    }
}

static inline void for_break(void)
{
    for (;;) {
        if (atomic_load(&flag)) {
            break;
        }
        sched_yield();
    }
}

static inline void for_continue(void)
{
    for (; atomic_load(&second_flag) == 0;) {
        if (!atomic_load(&flag)) {
            continue;
        }
    }
}

static inline void for_return(void)
{
    while (true) {
        if (atomic_load(&flag) == 1) {
            return;
        }
    }
}

static inline void with_switch(void)
{
    bool waiting = true;
    while (waiting) {
        switch (atomic_load(&flag)) {
        case 0:
            break;
        default:
            waiting = false;
        }
    }
}

static bool is_set(atomic_int *which)
{
    return atomic_load_explicit(which, memory_order_acquire) != 0;
}

static inline void by_function(void)
{
    while (!is_set(&flag)) {
    }
}

static inline void by_pointer(void)
{
    bool (*volatile condition)(atomic_int *) = is_set;
    while (!condition(&flag)) {
    }
}

static inline void by_addition_of_nothing(void)
{
    while (atomic_fetch_add(&flag, 0) == 0) {
    }
}

static inline void by_swap_with_itself(void)
{
    int expected = 1;
    while (!atomic_compare_exchange_weak(&flag, &expected, 1)) {
        expected = 1;
    }
}

static inline void relaxed_then_fence(void)
{
    while (!atomic_load_explicit(&flag, memory_order_relaxed)) {
    }
    atomic_thread_fence(memory_order_acquire);
}

static inline void fence_in_loop(void)
{
    int seen;
    do {
        seen = atomic_load_explicit(&flag, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
    } while (!seen);
}

static inline void two_conditions(void)
{
    while (!atomic_load(&flag) || !atomic_load(&second_flag)) {
    }
}

static inline void two_loops(void)
{
    while (!atomic_load(&second_flag)) {
    }
    while (!atomic_load(&flag)) {
    }
}

static inline void for_pointer(void)
{
    int *found;
    while ((found = atomic_load(&pointer)) == NULL) {
    }
    assert(found == &data);
    while (!atomic_load(&flag)) {
    }
}

static inline void nested(void)
{
    while (!atomic_load(&flag)) {
        while (!atomic_load(&second_flag)) {
        }
    }
}

static inline void local_burn(void)
{
    while (!atomic_load(&flag)) {
        for (volatile int i = 0; i < 3; i++) {
        }
    }
}

static void *publish(void *unused)
{
    (void)unused;
    data = 1;
    atomic_store(&pointer, &data);
    atomic_store(&flag, 1);
    atomic_store(&second_flag, 1);
    return NULL;
}

#ifndef WAIT
#define WAIT empty_while
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

/* SPDX-License-Identifier: MIT */
/*
 * Message passing where the flag is read twice: an acquire of the flag's first sight, or
 * of its second, or a fence after both.
 */
// long LOAD0=relaxed LOAD1=relaxed: 6 executions, allowed
// long LOAD0=acquire LOAD1=relaxed: 5 executions, allowed
// long LOAD0=relaxed LOAD1=acquire: 4 executions, forbidden
// long LOAD0=relaxed LOAD1=relaxed FENCE=acquire: 4 executions, forbidden

#include <assert.h>
#include <stdatomic.h>
#include <threads.h>

#ifndef LOAD0
#define LOAD0 memory_order_relaxed
#endif
#ifndef LOAD1
#define LOAD1 memory_order_relaxed
#endif
#ifndef FENCE
#define FENCE memory_order_relaxed /* a relaxed fence is none */
#endif

static atomic_int message, flag;
static int a, b, c;

static int first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    atomic_store_explicit(&flag, 1, memory_order_release);
    return 0;
}

static int second(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&flag, LOAD0);
    b = atomic_load_explicit(&flag, LOAD1);
    atomic_thread_fence(FENCE);
    c = atomic_load_explicit(&message, memory_order_relaxed);
    return 0;
}

int main(void)
{
    thrd_t threads[2];
    thrd_create(&threads[0], first, NULL);
    thrd_create(&threads[1], second, NULL);
    thrd_join(threads[0], NULL);
    thrd_join(threads[1], NULL);
#ifdef CHECK
    assert(!(b == 1 && c == 0));
#endif
    return 0;
}

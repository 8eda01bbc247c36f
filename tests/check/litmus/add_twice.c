/* SPDX-License-Identifier: MIT */
/*
 * Two threads add 1 twice: (2 + 2)! / (2! 2!) = 6 orders.
 */
// case ADD=relaxed: 6 executions, forbidden
// long ADD=acq_rel: 6 executions, forbidden
// long ADD=seq_cst: 6 executions, forbidden
// with --model=sc
// long ADD=relaxed: 6 executions, forbidden

#include <assert.h>
#include <stdatomic.h>
#include <threads.h>

#ifndef ADD
#define ADD memory_order_relaxed
#endif

static atomic_int x;

static int both(void *unused)
{
    (void)unused;
    atomic_fetch_add_explicit(&x, 1, ADD);
    atomic_fetch_add_explicit(&x, 1, ADD);
    return 0;
}

int main(void)
{
    thrd_t threads[2];
    thrd_create(&threads[0], both, NULL);
    thrd_create(&threads[1], both, NULL);
    thrd_join(threads[0], NULL);
    thrd_join(threads[1], NULL);
#ifdef CHECK
    int final = atomic_load(&x);
    assert(!(final != 4));
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Each thread has a register of its own, and reads what it has written itself. What the
 * other one wrote before it has released the flag that this one has acquired, this one
 * must read; by relaxed accesses it comes neither before nor after
 * (programs/linear_unordered.c). Of an event of the thread right before its call returns
 * nothing follows: the call may have returned later.
 */
// expect: wrong assertion -I.
// expect: verified 2 executions -I. -DINSIDE
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "examples/check/spec/register.h"

#ifndef ORDER
#define ORDER memory_order_seq_cst
#endif

static atomic_int flag;

static void *writer(void *unused)
{
    struct call *call = history_call(REGISTER_WRITE, 1);
#ifdef INSIDE
    atomic_store_explicit(&flag, 1, ORDER);
#endif
    history_return(call, 0);
#ifndef INSIDE
    atomic_store_explicit(&flag, 1, ORDER);
#endif
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, writer, NULL);
    int after = atomic_load_explicit(&flag, ORDER);
    struct call *call = history_call(REGISTER_READ, after);
    history_return(call, 0);
    pthread_join(thread, NULL);
    history_check(&register_spec);
    return 0;
}

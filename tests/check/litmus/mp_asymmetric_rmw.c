/* SPDX-License-Identifier: MIT */
/*
 * Message passing with asymmetric fences, through another thread's read-modify-write,
 * which continues the release sequence.
 */
// case FENCE1=light FENCE2=heavy: 9 executions, forbidden
// case FENCE1=heavy FENCE2=light: 9 executions, forbidden
// long FENCE1=light FENCE2=light: 12 executions, allowed
// long FENCE1=light FENCE2=seq_cst: 12 executions, allowed
// long FENCE1=heavy FENCE2=heavy: 9 executions, forbidden
#include "asymmetric.h"

static atomic_int message, sent;
static int a, b;

static void *sender(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    fence(FENCE1);
    atomic_store_explicit(&sent, 1, memory_order_relaxed);
    return unused;
}

static void *relay(void *unused)
{
    atomic_fetch_add_explicit(&sent, 1, memory_order_relaxed);
    return unused;
}

static void *receiver(void *unused)
{
    a = atomic_load_explicit(&sent, memory_order_relaxed);
    fence(FENCE2);
    b = atomic_load_explicit(&message, memory_order_relaxed);
    return unused;
}

int main(void)
{
    allow_heavy();
    run_all(sender, relay, receiver);
#ifdef CHECK
    assert(!(a == 2 && b == 0));
#endif
}

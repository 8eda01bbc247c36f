/* SPDX-License-Identifier: MIT */
/*
 * Message passing with asymmetric fences: a light fence synchronises with heavy ones, in
 * both directions, and with nothing else. A heavy one is what is more a fence.
 */
// case FENCE1=light FENCE2=heavy: 3 executions, forbidden
// case FENCE1=heavy FENCE2=light: 3 executions, forbidden
// case FENCE1=light FENCE2=light: 4 executions, allowed
// long FENCE1=heavy FENCE2=heavy: 3 executions, forbidden
// case FENCE1=light FENCE2=seq_cst: 4 executions, allowed
// long FENCE1=light FENCE2=acquire: 4 executions, allowed
// long FENCE1=seq_cst FENCE2=light: 4 executions, allowed
// long FENCE1=release FENCE2=light: 4 executions, allowed
// long FENCE1=heavy FENCE2=acquire: 3 executions, forbidden
// long FENCE1=release FENCE2=heavy: 3 executions, forbidden
// long FENCE1=acquire FENCE2=heavy: 4 executions, allowed
// long FENCE1=light LOAD=acquire: 4 executions, allowed
// long STORE=release FENCE2=light: 4 executions, allowed
// long FENCE1=heavy LOAD=acquire: 3 executions, forbidden
// long STORE=release FENCE2=heavy: 3 executions, forbidden
#include "asymmetric.h"

static atomic_int message, sent;
static int a, b;

static void *sender(void *unused)
{
    atomic_store_explicit(&message, 1, memory_order_relaxed);
    fence(FENCE1);
    atomic_store_explicit(&sent, 1, STORE);
    return unused;
}

static void *receiver(void *unused)
{
    a = atomic_load_explicit(&sent, LOAD);
    fence(FENCE2);
    b = atomic_load_explicit(&message, memory_order_relaxed);
    return unused;
}

int main(void)
{
    allow_heavy();
    run_all(sender, receiver);
#ifdef CHECK
    assert(!(a == 1 && b == 0));
#endif
}

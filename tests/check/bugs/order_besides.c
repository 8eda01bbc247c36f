/* SPDX-License-Identifier: MIT */
/*
 * An order that C does not allow is the verdict only if nothing else is wrong. What it
 * cannot do is left out: the other half of acq_rel still hands the value over.
 */
// expect: wrong race -w -DSTORE=memory_order_acquire
// expect: wrong race -w -DLOAD=memory_order_release
// expect: wrong race -w -DFAILURE=memory_order_release
// expect: wrong misuse -w -DSTORE=memory_order_acq_rel
// expect: wrong misuse -w -DLOAD=memory_order_acq_rel
// expect: wrong misuse -w -DFAILURE=memory_order_acq_rel
// expect: wrong assertion -w -DSTORE=memory_order_acq_rel -DTHEN=0
// expect: wrong assertion -w -DSTORE=memory_order_acq_rel -DTHEN=0 --deviations=2
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_release
#endif
#ifndef LOAD
#define LOAD memory_order_acquire
#endif
#ifndef THEN
#define THEN 1
#endif

static int value;
static atomic_int ready;

static void *publish(void *unused)
{
    value = 1;
    atomic_store_explicit(&ready, 1, STORE);
    return unused;
}

static int is_ready(void)
{
#ifdef FAILURE
    int expected = 0;
    return !atomic_compare_exchange_strong_explicit(&ready, &expected, 0,
                                                    memory_order_relaxed, FAILURE);
#else
    return atomic_load_explicit(&ready, LOAD);
#endif
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, publish, NULL);
    if (is_ready()) {
        assert(value == THEN);
    }
    pthread_join(thread, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * An order that C does not allow is the verdict only if nothing else is wrong. What it
 * cannot do is left out: the other half of acq_rel still hands the value over.
 */
// expect: wrong race -w -DSTORE=acquire
// expect: wrong race -w -DLOAD=release
// expect: wrong race -w -DFAILURE=release
// expect: wrong misuse -w -DSTORE=acq_rel
// expect: wrong misuse -w -DLOAD=acq_rel
// expect: wrong misuse -w -DFAILURE=acq_rel
// expect: wrong assertion -w -DSTORE=acq_rel -DTHEN=0
// expect: wrong assertion -w -DSTORE=acq_rel -DTHEN=0 --deviations=2
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#define ORDER(name)  ORDER_(name)
#define ORDER_(name) memory_order_##name

#ifndef STORE
#define STORE release
#endif
#ifndef LOAD
#define LOAD acquire
#endif
#ifndef THEN
#define THEN 1
#endif

static int value;
static atomic_int ready;

static void *publish(void *unused)
{
    value = 1;
    atomic_store_explicit(&ready, 1, ORDER(STORE));
    return unused;
}

static int is_ready(void)
{
#ifdef FAILURE
    int expected = 0;
    return !atomic_compare_exchange_strong_explicit(&ready, &expected, 0,
                                                    memory_order_relaxed, ORDER(FAILURE));
#else
    return atomic_load_explicit(&ready, ORDER(LOAD));
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

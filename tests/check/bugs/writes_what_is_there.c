/* SPDX-License-Identifier: MIT */
/*
 * A try that fails writes what is there already, and only such a try writes it. Another
 * thread may look at it, or free it, only behind the wait, as it acquires what is
 * released there.
 */
// expect: wrong race -DSTORE=memory_order_relaxed
// expect: wrong race -DLOAD=memory_order_relaxed
// expect: verified
// expect: wrong use after free -DFREES -DSTORE=memory_order_relaxed
// expect: verified -DFREES
// expect: wrong race -DAT_ONCE
// expect: wrong hang -DNEVER
// expect: inconclusive -DNEVER -DCOUNTS
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#ifndef STORE
#define STORE memory_order_release
#endif
#ifndef LOAD
#define LOAD memory_order_acquire
#endif

static atomic_int go, gone;
static int *note;

static void *wait_to_go(void *unused)
{
    while (atomic_load_explicit(&go, memory_order_relaxed) == 0) {
#ifdef COUNTS
        ++*note;
#else
        *note = 0;
#endif
    }
    atomic_store_explicit(&gone, 1, STORE);
    return unused;
}

static void *look(void *unused)
{
#ifndef AT_ONCE
    if (atomic_load_explicit(&gone, LOAD) == 0) {
        return unused;
    }
#endif
#ifdef FREES
    free(note);
#else
    int seen = *note;
    (void)seen;
#endif
    return unused;
}

int main(void)
{
    note = calloc(1, sizeof *note);
    pthread_t one, two;
    pthread_create(&one, NULL, wait_to_go, NULL);
    pthread_create(&two, NULL, look, NULL);
#ifndef NEVER
    atomic_store_explicit(&go, 1, memory_order_relaxed);
#endif
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    return 0;
}

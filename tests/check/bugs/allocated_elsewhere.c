/* SPDX-License-Identifier: MIT */
/*
 * A thread publishes a block that it has allocated by a relaxed store: the other one need
 * not see it as it was allocated, even if nothing was written to it since.
 */
// expect: wrong race
// expect: wrong race -DALLOCATE=calloc(1,sizeof(int))
// expect: wrong race -DALLOCATE=calloc(1,sizeof(int)) -DATOMIC
// expect: verified -DALLOCATE=calloc(1,sizeof(int)) -DORDER=memory_order_release -DSEEN=memory_order_acquire
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#ifndef ALLOCATE
#define ALLOCATE malloc(sizeof(int))
#endif
#ifndef ORDER
#define ORDER memory_order_relaxed
#define SEEN  memory_order_relaxed
#endif

#ifdef ATOMIC
typedef atomic_int content;
#else
typedef int content;
#endif

static _Atomic(content *) shared;

static void *publish(void *unused)
{
    atomic_store_explicit(&shared, ALLOCATE, ORDER);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, publish, NULL);
    content *found = atomic_load_explicit(&shared, SEEN);
    if (found != NULL) {
#ifdef ATOMIC
        atomic_store_explicit(found, 1, memory_order_relaxed);
#else
        *found = 1;
#endif
    }
    pthread_join(thread, NULL);
    free((void *)atomic_load_explicit(&shared, memory_order_relaxed));
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* What these programs have in common. An order that a case does not name is relaxed; a
   relaxed fence is none. */
#ifndef LOCKCHECK_LITMUS_H
#define LOCKCHECK_LITMUS_H

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_relaxed
#endif
#ifndef STORE0
#define STORE0 memory_order_relaxed
#endif
#ifndef STORE1
#define STORE1 memory_order_relaxed
#endif
#ifndef STORE2
#define STORE2 memory_order_relaxed
#endif
#ifndef LOAD
#define LOAD memory_order_relaxed
#endif
#ifndef LOAD0
#define LOAD0 memory_order_relaxed
#endif
#ifndef LOAD1
#define LOAD1 memory_order_relaxed
#endif
#ifndef LOAD2
#define LOAD2 memory_order_relaxed
#endif
#ifndef FENCE
#define FENCE memory_order_relaxed
#endif
#ifndef FENCE0
#define FENCE0 memory_order_relaxed
#endif
#ifndef FENCE1
#define FENCE1 memory_order_relaxed
#endif
#ifndef FENCE2
#define FENCE2 memory_order_relaxed
#endif
#ifndef ADD
#define ADD memory_order_relaxed
#endif

/* Runs each function as a thread, and waits for all of them. */
#define run_all(...) run_threads((void *(*[])(void *)){__VA_ARGS__, NULL})

static inline void run_threads(void *(*const *functions)(void *))
{
    pthread_t threads[8];
    int count = 0;
    for (; functions[count] != NULL; count++) {
        pthread_create(&threads[count], NULL, functions[count], NULL);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
}

#endif

/* SPDX-License-Identifier: MIT */
// long: verified 2 executions
// Deep stacks, big frames, and pointers into another thread's frame. Two additions.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static int depth(int levels, atomic_int *total)
{
    volatile char frame[512];
    frame[0] = 1;
    if (levels == 0) {
        return atomic_fetch_add_explicit(total, 1, memory_order_relaxed) * 0 + frame[0] -
               1;
    }
    return frame[0] + depth(levels - 1, total);
}

static void *descend(void *total)
{
    assert(depth(20, total) == 20);
    return NULL;
}

int main(void)
{
    atomic_int total = 0;
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, descend, &total);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(atomic_load(&total) == 2);
    return 0;
}

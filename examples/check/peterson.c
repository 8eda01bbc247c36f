/* SPDX-License-Identifier: MIT */
/*
 * Peterson's algorithm: mutual exclusion of two threads with loads and stores alone.
 *
 *   lockcheck examples/check/peterson.c
 *
 * Each thread says that it wants to enter, and then lets the other one go first. It
 * waits while the other wants to enter and has the turn: who gave way last is who waits.
 *
 * Everything hangs on the order of what a thread writes and of what it then looks at,
 * which release and acquire do not keep: two threads may both write and both miss the
 * other's write. Only seq_cst fences (or seq_cst for each access) forbid that. The
 * second fence is in every book. The first one is not, and is needed as well: without it
 * a thread's write of the turn may land after the other's, though that one has already
 * looked.
 *
 * G. L. Peterson, "Myths about the mutual exclusion problem", Information Processing
 * Letters 12 (3), 1981.
 *
 * Try: remove either fence: lockcheck reports a race on the counter, both are inside.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { ROUNDS = 2 };

static atomic_bool wants[2];
static atomic_int turn;
static int counter;

static void lock(int self)
{
    int other = 1 - self;
    atomic_store_explicit(&wants[self], true, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    atomic_store_explicit(&turn, other, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    while (atomic_load_explicit(&wants[other], memory_order_acquire) &&
           atomic_load_explicit(&turn, memory_order_acquire) == other) {
    }
}

static void unlock(int self)
{
    atomic_store_explicit(&wants[self], false, memory_order_release);
}

static void *count(void *argument)
{
    int self = *(int *)argument;
    for (int i = 0; i < ROUNDS; i++) {
        lock(self);
        counter++;
        unlock(self);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    int indices[2] = {0, 1};
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, count, &indices[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(counter == 2 * ROUNDS);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Peterson's algorithm: mutual exclusion of two threads with loads and stores alone.
 *
 *   lockcheck examples/check/peterson.c
 *
 * Each thread says that it wants to enter, and then lets the other one go first. It
 * waits while the other wants to enter and has the turn: who gave way last is who waits.
 *
 * All of it hangs on one thing: of two threads that both write and then look, at least
 * one must see what the other wrote. That is store buffering, which release and acquire
 * allow to fail and only seq_cst fences (or seq_cst on all the accesses) forbid. The
 * turn is exchanged, not stored, so that who comes second reads from who came first.
 *
 * G. L. Peterson, "Myths about the mutual exclusion problem", Information Processing
 * Letters 12 (3), 1981.
 *
 * Try: remove the fence. lockcheck reports a race on the counter: both are inside.
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
    atomic_store_explicit(&turn, other, memory_order_release);
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

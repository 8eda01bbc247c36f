/* SPDX-License-Identifier: MIT */
/*
 * Dekker's algorithm: the first solution to mutual exclusion, of about 1962.
 *
 *   lockcheck examples/check/dekker.c
 *
 * Each thread raises its flag and looks at the other's. If both are up, the thread that
 * does not have the turn lowers its flag and waits for the turn. The turn passes with
 * each exit, so nobody waits for ever.
 *
 * As in Peterson's algorithm, a seq_cst fence must stand between raising the one flag
 * and looking at the other, each time.
 *
 * E. W. Dijkstra, "Cooperating sequential processes", 1965 (EWD 123).
 *
 * Try: remove either fence. lockcheck reports a race on the counter. The second one is
 * needed only where both threads have run into each other, in the second round: a test
 * on a real machine seldom gets there.
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
    while (atomic_load_explicit(&wants[other], memory_order_acquire)) {
        if (atomic_load_explicit(&turn, memory_order_relaxed) == other) {
            atomic_store_explicit(&wants[self], false, memory_order_relaxed);
            while (atomic_load_explicit(&turn, memory_order_relaxed) == other) {
            }
            atomic_store_explicit(&wants[self], true, memory_order_relaxed);
            atomic_thread_fence(memory_order_seq_cst);
        }
    }
}

static void unlock(int self)
{
    atomic_store_explicit(&turn, 1 - self, memory_order_relaxed);
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

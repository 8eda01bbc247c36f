/* SPDX-License-Identifier: MIT */
/*
 * A sense-reversing barrier: everybody waits until all have come, again and again.
 *
 *   lockcheck examples/check/sense_barrier.c
 *
 * The last one to come fills the counter up again and turns the sense over, which lets
 * the others go. Because each episode waits for the other sense, a thread that hurries
 * into the next episode cannot be mistaken for a late one.
 *
 * The counter is whole again before the sense turns: the release store of the sense
 * covers it. The subtractions acquire and release, so that the last one has seen what
 * all did before the barrier, and passes it on.
 *
 * D. Hensgen, R. Finkel and U. Manber, "Two algorithms for barrier synchronization",
 * International Journal of Parallel Programming 17 (1), 1988.
 *
 * Try: swap the last one's two stores: the barrier hangs in the second episode. Make the
 * subtraction relaxed: a race.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { THREADS = 2, EPISODES = 2 };

static atomic_int missing = THREADS;
static atomic_bool sense;

static void wait_for_all(bool *my_sense)
{
    *my_sense = !*my_sense;
    if (atomic_fetch_sub_explicit(&missing, 1, memory_order_acq_rel) == 1) {
        atomic_store_explicit(&missing, THREADS, memory_order_relaxed);
        atomic_store_explicit(&sense, *my_sense, memory_order_release);
    } else {
        while (atomic_load_explicit(&sense, memory_order_acquire) != *my_sense) {
        }
    }
}

static int written[EPISODES][THREADS];

static void *meet(void *argument)
{
    int self = *(int *)argument;
    bool my_sense = false;
    for (int episode = 0; episode < EPISODES; episode++) {
        written[episode][self] = 1;
        wait_for_all(&my_sense);
        for (int i = 0; i < THREADS; i++) {
            assert(written[episode][i] == 1);
        }
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    int indices[THREADS];
    for (int i = 0; i < THREADS; i++) {
        indices[i] = i;
        pthread_create(&threads[i], NULL, meet, &indices[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

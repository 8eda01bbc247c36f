/* SPDX-License-Identifier: MIT */
/*
 * A lock of the library, checked where it is used: the program and the lock together.
 *
 *   lockcheck examples/check/library_lock.c -- -Iinclude
 *
 * The lock's header is the algorithm, so it is compiled with the program and checked
 * with it, in every execution that the memory model allows. The queue node lies on each
 * thread's stack, as it does in a real program: that nobody touches it after the unlock
 * is part of what is checked.
 *
 * J. M. Mellor-Crummey and M. L. Scott, "Algorithms for scalable synchronization on
 * shared-memory multiprocessors", ACM TOCS 9 (1), 1991.
 *
 * Try: `lockcheck --weaken` with the same arguments goes through every order in mcs.h
 * that is stronger than relaxed, and shows what breaks without it.
 */
#include <assert.h>
#include <lockstep/mcs.h>
#include <pthread.h>

enum { THREADS = 2 };

static lks_mcs_t lock = LKS_MCS_INIT;
static int counter; /* guarded by the lock */

static void *count(void *unused)
{
    (void)unused;
    lks_mcs_node_t node;
    lks_mcs_lock(&lock, &node);
    counter++;
    lks_mcs_unlock(&lock, &node);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    lks_mcs_destroy(&lock);
    assert(counter == THREADS);
    return 0;
}

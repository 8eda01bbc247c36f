/* SPDX-License-Identifier: MIT */
/* The smallest program with a queue lock: the caller gives a node till unlock. */
#include <lockstep/mcs.h>
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 10000 };

static lks_mcs_t lock = LKS_MCS_INIT;
static long counter; /* guarded by the lock */

static void *count(void *unused)
{
    (void)unused;
    lks_mcs_node_t node; /* needs no initialising; serves any lock, one at a time */
    for (int i = 0; i < ROUNDS; i++) {
        lks_mcs_lock(&lock, &node);
        counter++;
        lks_mcs_unlock(&lock, &node);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, count, NULL) != 0) {
            (void)fputs("queue_node: cannot start a thread\n", stderr);
            return 1;
        }
    }
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    lks_mcs_destroy(&lock);
    printf("mcs: %d threads counted to %d each: %ld\n", THREADS, ROUNDS, counter);
    return counter == (long)THREADS * ROUNDS ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/* The smallest program with a CLH lock: a thread's spare node goes into the queue, and
   another one comes back. */
#include <lockstep/clh.h>
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 10000 };

/* One node for each thread and one for the lock. Nodes wander from thread to thread, so
   they must outlive the threads: not on a stack. */
static lks_clh_node_t nodes[THREADS + 1];
static lks_clh_t lock = LKS_CLH_INIT(&nodes[THREADS]);
static long counter; /* guarded by the lock */

static void *count(void *own_node)
{
    lks_clh_node_t *spare = own_node;
    for (int i = 0; i < ROUNDS; i++) {
        lks_clh_lock(&lock, &spare);
        counter++;
        lks_clh_unlock(&lock);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, count, &nodes[i]) != 0) {
            (void)fputs("spare_node: cannot start a thread\n", stderr);
            return 1;
        }
    }
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    (void)lks_clh_destroy(&lock); /* the node that it returns is one of ours */
    printf("clh: %d threads counted to %d each: %ld\n", THREADS, ROUNDS, counter);
    return counter == (long)THREADS * ROUNDS ? 0 : 1;
}

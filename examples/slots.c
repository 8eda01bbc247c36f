/* SPDX-License-Identifier: MIT */
/* The smallest program with a lock on the caller's memory: Anderson's, and its slots. */
#include <lockstep/anderson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* A power of two, and at least as many as the threads. */
enum { THREADS = 3, SLOTS = 4, ROUNDS = 10000 };

static lks_anderson_t lock;
static long counter; /* guarded by the lock */

static void *count(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        lks_anderson_lock(&lock);
        counter++;
        lks_anderson_unlock(&lock);
    }
    return NULL;
}

int main(void)
{
    /* Not malloc, which knows nothing of cache lines. */
    lks_anderson_slot_t *slots = aligned_alloc(LKS_CACHE_LINE, SLOTS * sizeof *slots);
    if (slots == NULL || lks_anderson_init(&lock, slots, SLOTS) != 0) {
        (void)fputs("slots: cannot make the lock\n", stderr);
        free(slots);
        return 1;
    }
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, count, NULL) != 0) {
            (void)fputs("slots: cannot start a thread\n", stderr);
            return 1;
        }
    }
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    lks_anderson_destroy(&lock);
    free(slots);
    printf("anderson: %d threads counted to %d each: %ld\n", THREADS, ROUNDS, counter);
    return counter == (long)THREADS * ROUNDS ? 0 : 1;
}

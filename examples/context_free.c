/* SPDX-License-Identifier: MIT */
/* The smallest program with a context-free lock: a call needs the lock alone. */
#include <lockstep/ticket.h>
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 10000 };

static lks_ticket_t lock = LKS_TICKET_INIT;
static long counter; /* guarded by the lock */

static void *count(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        lks_ticket_lock(&lock);
        counter++;
        lks_ticket_unlock(&lock);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, count, NULL) != 0) {
            (void)fputs("context_free: cannot start a thread\n", stderr);
            return 1;
        }
    }
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    lks_ticket_destroy(&lock);
    printf("ticket: %d threads counted to %d each: %ld\n", THREADS, ROUNDS, counter);
    return counter == (long)THREADS * ROUNDS ? 0 : 1;
}

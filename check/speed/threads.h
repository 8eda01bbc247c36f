/* SPDX-License-Identifier: MIT */
/* THREADS threads, each of which knows its number: none is like another. */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static unsigned numbers[THREADS];

static void run_threads(void *(*run)(void *number))
{
    pthread_t threads[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, run, &numbers[i]);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
}

/* SPDX-License-Identifier: MIT */
#include "check/clients/kinds.h"

#include <assert.h>
#include <lockstep/atomic.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

const struct client_kind *const client_kinds[] = {
    &lock_kind, &mutex_kind,  &cond_kind,    &once_kind,
    &sem_kind,  &rwlock_kind, &barrier_kind, NULL};

void run_threads(unsigned threads, void *(*body)(void *))
{
    static unsigned numbers[MOST_THREADS];
    static pthread_t started[MOST_THREADS];
    for (unsigned i = 0; i < threads; i++) {
        numbers[i] = i;
        pthread_create(&started[i], NULL, body, &numbers[i]);
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(started[i], NULL);
    }
}

void *lines(size_t bytes)
{
    bytes = LKS_WHOLE_LINES(bytes == 0 ? 1 : bytes);
    void *memory = aligned_alloc(LKS_CACHE_LINE, bytes);
    assert(memory != NULL);
    memset(memory, 0, bytes);
    return memory;
}

struct timespec deadline(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec++;
    return time;
}

const void *only(const void *previous, const void *itself)
{
    return previous == NULL ? itself : NULL;
}

bool fits_all(const void *subject)
{
    return subject != NULL;
}

/* SPDX-License-Identifier: MIT */
#include "check/clients/kinds.h"

#include <assert.h>
#include <lockstep/atomic.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_t started[MOST_THREADS];

void start_thread(unsigned number, void *(*body)(void *))
{
    static unsigned numbers[MOST_THREADS];
    numbers[number] = number;
    pthread_create(&started[number], NULL, body, &numbers[number]);
}

void start_threads(unsigned threads, void *(*body)(void *))
{
    for (unsigned i = 0; i < threads; i++) {
        start_thread(i, body);
    }
}

void join_threads(unsigned threads)
{
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(started[i], NULL);
    }
}

void run_threads(unsigned threads, void *(*body)(void *))
{
    start_threads(threads, body);
    join_threads(threads);
}

int client_refused;

void leave_if_refused(int error)
{
    client_refused = error;
    if (error != 0) {
        exit(0);
    }
}

bool client_zeroed;

static void *lines_of(int content, size_t bytes)
{
    content = client_zeroed ? 0 : content;
    bytes = LKS_WHOLE_LINES(bytes == 0 ? 1 : bytes);
    void *memory = aligned_alloc(LKS_CACHE_LINE, bytes);
    assert(memory != NULL);
    return memset(memory, content, bytes);
}

void *client_place;
size_t client_place_size;

void *place_for(size_t bytes, void *(*memory)(size_t))
{
    void *block = memory(bytes);
    if (client_place == NULL || bytes > LKS_WHOLE_LINES(client_place_size)) {
        return block;
    }
    memcpy(client_place, block, client_place_size);
    free(block);
    return client_place;
}

void place_back(void *place)
{
    if (place != client_place) {
        free(place);
    }
}

void *lines_of_zeros(size_t bytes)
{
    return lines_of(0, bytes);
}

void *lines_of_pointers(size_t bytes)
{
    return lines_of(8, bytes);
}

void *lines(size_t bytes)
{
    uint32_t *words = lines_of_zeros(bytes);
    const uint32_t in_line = LKS_CACHE_LINE / sizeof *words;
    const uint32_t count =
        client_zeroed ? 0 : (uint32_t)(LKS_WHOLE_LINES(bytes) / sizeof *words);
    for (uint32_t i = 0; i < count; i++) {
        words[i] = 1 + i / in_line;
    }
    return words;
}

struct timespec deadline(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec++;
    return time;
}

bool fits_all(const void *subject)
{
    return subject != NULL;
}

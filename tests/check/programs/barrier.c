/* SPDX-License-Identifier: MIT */
// expect: verified
// Everybody reads what all wrote before the barrier; one of them is told that it is the
// serial thread.
#include <assert.h>
#include <pthread.h>
#include <stdint.h>

enum { THREADS = 2, EPISODES = 2 };

static pthread_barrier_t barrier;
static int written[THREADS], serial[THREADS];

static void *meet(void *argument)
{
    intptr_t self = (intptr_t)argument;
    for (int i = 0; i < EPISODES; i++) {
        written[self] = i;
        serial[self] += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
        for (int other = 0; other < THREADS; other++) {
            assert(written[other] == i);
        }
        serial[self] += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (intptr_t i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, meet, (void *)i);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&barrier);
    assert(serial[0] + serial[1] == 2 * EPISODES);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* THREADS threads meet at the library's barrier NAME, EPISODES times. */
#include <assert.h>
#include <lockstep.h>
#include <pthread.h>

static lks_barrier_t *barrier;
static unsigned written[THREADS];

static void *meet(void *argument)
{
    uint32_t self = *(uint32_t *)argument;
    for (unsigned episode = 1; episode <= EPISODES; episode++) {
        written[self] = episode;
        lks_barrier_wait(barrier, self);
        for (unsigned i = 0; i < THREADS; i++) {
            assert(written[i] == episode);
        }
        lks_barrier_wait(barrier, self);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    uint32_t numbers[THREADS];
    lks_barrier_create(&barrier, NAME, THREADS);
    for (uint32_t i = 0; i < THREADS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, meet, &numbers[i]);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    lks_barrier_destroy(barrier);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* The smallest program with a barrier: everybody writes, everybody waits, everybody reads
   what the others wrote. */
#include <lockstep/dissemination_barrier.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 4, EPISODES = 1000 };

static lks_dissemination_barrier_t barrier;
static int written[THREADS]; /* each by its thread, and read by all after a barrier */
static int wrong[THREADS];
static uint32_t indices[THREADS];

static void *meet(void *index)
{
    uint32_t self = *(uint32_t *)index;
    for (int episode = 0; episode < EPISODES; episode++) {
        written[self] = episode;
        lks_dissemination_barrier_wait(&barrier, self);
        for (int i = 0; i < THREADS; i++) {
            wrong[self] += written[i] != episode;
        }
        /* Once more: nobody may write the next one while another still reads. */
        lks_dissemination_barrier_wait(&barrier, self);
    }
    return NULL;
}

int main(void)
{
    size_t count = lks_dissemination_barrier_flags(THREADS);
    lks_dissemination_barrier_flag_t *flags =
        aligned_alloc(LKS_CACHE_LINE, count * sizeof *flags);
    if (flags == NULL || lks_dissemination_barrier_init(&barrier, THREADS, flags) != 0) {
        (void)fputs("barrier: cannot make the barrier\n", stderr);
        free(flags);
        return 1;
    }
    pthread_t threads[THREADS];
    for (uint32_t i = 0; i < THREADS; i++) {
        indices[i] = i;
        if (pthread_create(&threads[i], NULL, meet, &indices[i]) != 0) {
            (void)fputs("barrier: cannot start a thread\n", stderr);
            return 1;
        }
    }
    int all_wrong = 0;
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
        all_wrong += wrong[i];
    }
    lks_dissemination_barrier_destroy(&barrier);
    free(flags);
    printf("dissemination: %d threads met %d times, %d values were wrong\n", THREADS,
           2 * EPISODES, all_wrong);
    return all_wrong == 0 ? 0 : 1;
}

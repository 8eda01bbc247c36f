/* SPDX-License-Identifier: MIT */
/* A mutex that is locked, or a barrier that is in use, is initialised again. */
// expect: wrong misuse -DMUTEX
// expect: wrong misuse -DBARRIER
// expect: verified 1 execution
#include <pthread.h>
#include <stddef.h>

static pthread_mutex_t mutex;
static pthread_barrier_t barrier;

int main(void)
{
    pthread_mutex_init(&mutex, NULL);
    pthread_mutex_lock(&mutex);
#ifndef MUTEX
    pthread_mutex_unlock(&mutex);
    pthread_mutex_destroy(&mutex);
#endif
    pthread_mutex_init(&mutex, NULL);
    pthread_barrier_init(&barrier, NULL, 2);
#ifndef BARRIER
    pthread_barrier_destroy(&barrier);
#endif
    pthread_barrier_init(&barrier, NULL, 3);
    return 0;
}

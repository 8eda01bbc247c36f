/* SPDX-License-Identifier: MIT */
/* Four threads that have locks at the same time; with an argument after one that has
   ended with a lock. */
#define _GNU_SOURCE
#include "expect.h"

#include <pthread.h>

enum { THREADS = 4 };

static pthread_barrier_t barrier;

static void *hold_one(void *unused)
{
    pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
    EXPECT(pthread_mutex_lock(&own), 0);
    (void)pthread_barrier_wait(&barrier);
    EXPECT(pthread_mutex_unlock(&own), 0);
    return unused;
}

static void *leave_one(void *unused)
{
    static pthread_mutex_t left = PTHREAD_MUTEX_INITIALIZER;
    EXPECT(pthread_mutex_lock(&left), 0);
    return unused;
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        pthread_t thread;
        EXPECT(pthread_create(&thread, NULL, leave_one, NULL), 0);
        EXPECT(pthread_join(thread, NULL), 0);
    }
    EXPECT(pthread_barrier_init(&barrier, NULL, THREADS), 0);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_create(&threads[i], NULL, hold_one, NULL), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_join(threads[i], NULL), 0);
    }
    return 0;
}

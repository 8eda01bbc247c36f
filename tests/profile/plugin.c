/* SPDX-License-Identifier: MIT */
/* A library that a program loads and closes; WHICH is the name of its function. */
#include <pthread.h>

__attribute__((noinline)) static void WHICH(pthread_mutex_t *mutex)
{
    (void)pthread_mutex_lock(mutex);
    (void)pthread_mutex_unlock(mutex);
}

void work(pthread_mutex_t *mutex, int times)
{
    for (int i = 0; i < times; i++) {
        WHICH(mutex);
    }
}

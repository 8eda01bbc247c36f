/* SPDX-License-Identifier: MIT */
/* THREADS threads lock a mutex around an increment, ROUNDS times each. */
#include "threads.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned counter;

static void *add(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return number;
}

int main(void)
{
    run_threads(add);
    return counter != THREADS * ROUNDS;
}

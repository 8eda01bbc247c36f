/* SPDX-License-Identifier: MIT */
/* The first test of many: THREADS threads that are alike lock the library's mutex, add
   one and unlock it, ROUNDS times each. */
#include <lockstep/mutex.h>
#include <pthread.h>

static lks_mutex_t mutex = LKS_MUTEX_INIT;
static int data;

static void *lock_each_round(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        lks_mutex_lock(&mutex);
        data++;
        lks_mutex_unlock(&mutex);
    }
    return argument;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, lock_each_round, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return data != THREADS * ROUNDS;
}

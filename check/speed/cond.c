/* SPDX-License-Identifier: MIT */
/* THREADS threads that are alike wait for a condition, which is broadcast ROUNDS times
   when it holds. */
#include <lockstep/cond.h>
#include <pthread.h>

static lks_mutex_t mutex = LKS_MUTEX_INIT;
static lks_cond_t changed = LKS_COND_INIT;
static int holds;

static void *wait_for_it(void *argument)
{
    lks_mutex_lock(&mutex);
    while (!holds) {
        lks_cond_wait(&changed, &mutex);
    }
    lks_mutex_unlock(&mutex);
    return argument;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, wait_for_it, NULL);
    }
    for (int i = 0; i < ROUNDS; i++) {
        lks_mutex_lock(&mutex);
        holds = 1;
        lks_cond_broadcast(&changed);
        lks_mutex_unlock(&mutex);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: wrong hang
/* A condition variable without a condition: a signal that comes first is lost. */
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;

static void *wait_for_it(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    pthread_cond_wait(&done, &mutex);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void *finish(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    pthread_cond_signal(&done);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, wait_for_it, NULL);
    pthread_create(&threads[1], NULL, finish, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}

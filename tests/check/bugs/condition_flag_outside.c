/* SPDX-License-Identifier: MIT */
// expect: wrong hang
/* The flag is set outside the mutex: between the waiter's look and its sleep. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static atomic_bool ready;

static void *consume(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    while (!atomic_load(&ready)) {
        pthread_cond_wait(&changed, &mutex);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void *produce(void *unused)
{
    (void)unused;
    atomic_store(&ready, true); /* wrong: without the mutex */
    pthread_cond_signal(&changed);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, consume, NULL);
    pthread_create(&threads[1], NULL, produce, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}

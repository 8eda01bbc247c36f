/* SPDX-License-Identifier: MIT */
// long: wrong hang
/* Two takers, one post. */
#include <pthread.h>
#include <semaphore.h>

static sem_t available;

static void *take(void *unused)
{
    (void)unused;
    sem_wait(&available);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    sem_init(&available, 0, 0);
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, take, NULL);
    }
    sem_post(&available);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    sem_destroy(&available);
    return 0;
}

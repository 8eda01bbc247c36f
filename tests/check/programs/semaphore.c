/* SPDX-License-Identifier: MIT */
// long: verified
// A queue of two places, counted by semaphores.
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

enum { PLACES = 2, ITEMS = 3 };

static sem_t empty, full;
static int places[PLACES];

static void *produce(void *unused)
{
    (void)unused;
    for (int i = 0; i < ITEMS; i++) {
        sem_wait(&empty);
        places[i % PLACES] = i;
        sem_post(&full);
    }
    return NULL;
}

static void *consume(void *unused)
{
    (void)unused;
    for (int i = 0; i < ITEMS; i++) {
        sem_wait(&full);
        assert(places[i % PLACES] == i);
        sem_post(&empty);
    }
    return NULL;
}

int main(void)
{
    pthread_t producer, consumer;
    sem_init(&empty, 0, PLACES);
    sem_init(&full, 0, 0);
    pthread_create(&producer, NULL, produce, NULL);
    pthread_create(&consumer, NULL, consume, NULL);
    pthread_join(producer, NULL);
    pthread_join(consumer, NULL);
    sem_destroy(&empty);
    sem_destroy(&full);
    return 0;
}

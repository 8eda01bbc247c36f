/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions
// A semaphore that starts at 1 is a lock: 2! orders.
#include <pthread.h>
#include <semaphore.h>

static sem_t lock;
static int counter;

static void *count(void *unused)
{
    (void)unused;
    sem_wait(&lock);
    counter++;
    sem_post(&lock);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    sem_init(&lock, 0, 1);
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return counter == 2 ? 0 : 1;
}

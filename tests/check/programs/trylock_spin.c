/* SPDX-License-Identifier: MIT */
// expect: verified 6 executions
// expect: verified 6 executions -DSEMAPHORE
// Waiting by trying again and again: no try that fails is an execution; 3! orders.
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

#ifdef SEMAPHORE
static sem_t lock;
#define TRY()    (sem_trywait(&lock) == 0)
#define UNLOCK() sem_post(&lock)
#else
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
#define TRY()    (pthread_mutex_trylock(&lock) == 0)
#define UNLOCK() pthread_mutex_unlock(&lock)
#endif

static int counter;

static void *count(void *unused)
{
    (void)unused;
    while (!TRY()) {
        sched_yield();
    }
    counter++;
    UNLOCK();
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
#ifdef SEMAPHORE
    sem_init(&lock, 0, 1);
#endif
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    return counter != 3;
}

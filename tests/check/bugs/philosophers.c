/* SPDX-License-Identifier: MIT */
// long: wrong hang
/* Three philosophers, each takes the left fork first. */
#include <pthread.h>
#include <stdint.h>

enum { PHILOSOPHERS = 3 };

static pthread_mutex_t forks[PHILOSOPHERS] = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};

static void *dine(void *argument)
{
    intptr_t self = (intptr_t)argument;
    pthread_mutex_lock(&forks[self]);
    pthread_mutex_lock(&forks[(self + 1) % PHILOSOPHERS]);
    pthread_mutex_unlock(&forks[(self + 1) % PHILOSOPHERS]);
    pthread_mutex_unlock(&forks[self]);
    return NULL;
}

int main(void)
{
    pthread_t threads[PHILOSOPHERS];
    for (intptr_t i = 0; i < PHILOSOPHERS; i++) {
        pthread_create(&threads[i], NULL, dine, (void *)i);
    }
    for (int i = 0; i < PHILOSOPHERS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified 6 executions unblocked
// Three philosophers who take the lower fork first cannot deadlock. Each fork is taken by
// two of them, in either order: 2^3, less the two orders that go round in a ring.
#include <pthread.h>
#include <stdint.h>

enum { PHILOSOPHERS = 3 };

static pthread_mutex_t forks[PHILOSOPHERS] = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static int uses[PHILOSOPHERS];

static void *dine(void *argument)
{
    int left = (int)(intptr_t)argument, right = (left + 1) % PHILOSOPHERS;
    int low = left < right ? left : right, high = left < right ? right : left;
    pthread_mutex_lock(&forks[low]);
    pthread_mutex_lock(&forks[high]);
    uses[low]++;
    uses[high]++;
    pthread_mutex_unlock(&forks[high]);
    pthread_mutex_unlock(&forks[low]);
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

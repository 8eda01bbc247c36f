/* SPDX-License-Identifier: MIT */
// long: wrong race
/* The same data under two different mutexes. */
#include <pthread.h>

static pthread_mutex_t mine = PTHREAD_MUTEX_INITIALIZER,
                       yours = PTHREAD_MUTEX_INITIALIZER;
static int shared;

static void *add(void *mutex)
{
    pthread_mutex_lock(mutex);
    shared++;
    pthread_mutex_unlock(mutex);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, add, &mine);
    pthread_create(&threads[1], NULL, add, &yours);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}

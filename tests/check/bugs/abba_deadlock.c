/* SPDX-License-Identifier: MIT */
// expect: wrong hang
/* Two mutexes taken in opposite orders. */
#include <pthread.h>

static pthread_mutex_t from = PTHREAD_MUTEX_INITIALIZER, to = PTHREAD_MUTEX_INITIALIZER;
static int source = 10, target;

static void *move_there(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&from);
    pthread_mutex_lock(&to);
    source--;
    target++;
    pthread_mutex_unlock(&to);
    pthread_mutex_unlock(&from);
    return NULL;
}

static void *move_back(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&to);
    pthread_mutex_lock(&from);
    source++;
    target--;
    pthread_mutex_unlock(&from);
    pthread_mutex_unlock(&to);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, move_there, NULL);
    pthread_create(&threads[1], NULL, move_back, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}

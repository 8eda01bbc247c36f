/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions
// A recursive mutex taken twice by its owner, and one that checks for errors.
#include <assert.h>
#include <errno.h>
#include <pthread.h>

static pthread_mutex_t recursive, checking;
static int counter;

static void *count(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&recursive);
    pthread_mutex_lock(&recursive);
    counter++;
    pthread_mutex_unlock(&recursive);
    counter++;
    pthread_mutex_unlock(&recursive);
    return NULL;
}

static void initialise(pthread_mutex_t *mutex, int kind)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, kind);
    pthread_mutex_init(mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

int main(void)
{
    initialise(&recursive, PTHREAD_MUTEX_RECURSIVE);
    initialise(&checking, PTHREAD_MUTEX_ERRORCHECK);
    assert(pthread_mutex_unlock(&checking) == EPERM);
    pthread_mutex_lock(&checking);
    assert(pthread_mutex_lock(&checking) == EDEADLK);
    pthread_mutex_unlock(&checking);
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(counter == 4);
    return 0;
}

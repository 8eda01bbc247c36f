/* SPDX-License-Identifier: MIT */
/* What pthread_cleanup_push has been given is done at the end of its block, and when the
   thread ends in it. */
// expect: verified 2 executions
// long: verified 2 executions -O2
// long: wrong hang -DKEEPS
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int count;

static void unlock(void *argument)
{
    count++;
#ifndef KEEPS
    pthread_mutex_unlock(argument);
#endif
    (void)argument;
}

static void *leave(void *unused)
{
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(unlock, &mutex);
    pthread_exit(unused);
    pthread_cleanup_pop(0);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, leave, NULL);
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(unlock, &mutex);
    count++;
    pthread_cleanup_pop(1);
    pthread_join(thread, NULL);
    assert(count == 3);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified
// A wait that may run out of time, and says so.
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t finished = PTHREAD_COND_INITIALIZER;
static bool done;

static void *finish(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    done = true;
    pthread_cond_signal(&finished);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    struct timespec deadline = {.tv_sec = 1};
    pthread_create(&thread, NULL, finish, NULL);
    pthread_mutex_lock(&mutex);
    int error = 0;
    while (!done && error == 0) {
        error = pthread_cond_timedwait(&finished, &mutex, &deadline);
    }
    assert(done || error == ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, NULL);
    return 0;
}

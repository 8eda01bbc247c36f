/* SPDX-License-Identifier: MIT */
// long: wrong assertion
/*
 * The last seat is checked under the mutex, and sold under the mutex, but not under one.
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int seats = 1;

static bool any_left(void)
{
    pthread_mutex_lock(&mutex);
    bool any = seats > 0;
    pthread_mutex_unlock(&mutex);
    return any;
}

static void *buy(void *unused)
{
    (void)unused;
    if (any_left()) {
        pthread_mutex_lock(&mutex);
        seats--;
        assert(seats >= 0);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, buy, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * `if` where `while` should be, and so many executions that not all of those are looked
 * at in which no wait returns early.
 */
// expect: wrong assertion
// expect: wrong assertion --jobs=2
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static bool ready;
static atomic_uint sum;

static void *adder(void *unused)
{
    for (int i = 0; i < 16; i++) {
        sum++;
    }
    return unused;
}

static void *sender(void *unused)
{
    pthread_mutex_lock(&mutex);
    ready = true;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&mutex);
    return unused;
}

static void *receiver(void *unused)
{
    pthread_mutex_lock(&mutex);
    if (!ready) {
        pthread_cond_wait(&condition, &mutex);
    }
    assert(ready);
    pthread_mutex_unlock(&mutex);
    return unused;
}

int main(void)
{
    void *(*const runs[])(void *) = {adder, adder, sender, receiver};
    enum { THREADS = sizeof runs / sizeof *runs };
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, runs[i], NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

// SPDX-License-Identifier: MIT
/* A thread is cancelled where it waits, or asks for it; what pthread_cleanup_push has
   been given is done. */
// expect: verified 1 executions -DTESTS
// expect: verified 2 executions -DTWICE
// expect: verified 2 executions -DWAITS -DCLEANS
// expect: wrong hang -DWAITS
// expect: verified 1 executions -DTAKES
// expect: verified 1 executions -DSLEEPS
// expect: verified 2 executions -DPRINTS
// expect: verified 1 executions -DDISABLED
// expect: wrong race -DPLAIN
// expect: wrong hang -DNEVER
// expect: refused anywhere -DANYWHERE
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static int plain, cleaned;
static atomic_int passed;

static void unlock(void *argument)
{
    cleaned++;
    pthread_mutex_unlock(argument);
}

static void *wait(void *unused)
{
#if defined TESTS
    for (;;) {
        pthread_testcancel();
    }
#elif defined TWICE /* either the first one sees it or the second one */
    pthread_testcancel();
    atomic_store_explicit(&passed, 1, memory_order_relaxed);
    for (;;) {
        pthread_testcancel();
    }
#elif defined WAITS
    pthread_mutex_lock(&mutex);
#ifdef CLEANS
    pthread_cleanup_push(unlock, &mutex);
#endif
    while (plain == 0) {
        pthread_cond_wait(&condition, &mutex);
    }
#ifdef CLEANS
    pthread_cleanup_pop(1);
#else
    pthread_mutex_unlock(&mutex);
#endif
#elif defined TAKES
    sem_wait(&semaphore);
#elif defined SLEEPS
    for (;;) {
        sleep(1);
    }
#elif defined PRINTS /* it may end there, or not */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    sem_wait(&semaphore);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    puts("a");
    return NULL;
#elif defined DISABLED
    int old;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
    assert(old == PTHREAD_CANCEL_ENABLE);
    sem_wait(&semaphore);
    pthread_testcancel();
    plain = 1;
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
    assert(old == PTHREAD_CANCEL_DISABLE);
    pthread_testcancel();
    plain = 2;
#elif defined PLAIN /* to be cancelled orders nothing */
    pthread_cleanup_push(unlock, &mutex);
    for (;;) {
        pthread_testcancel();
    }
    pthread_cleanup_pop(0);
#elif defined NEVER /* a mutex is no place to be cancelled */
    pthread_mutex_lock(&mutex);
#elif defined ANYWHERE
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
#endif
    return unused;
}

int main(void)
{
    sem_init(&semaphore, 0, 0);
#ifdef NEVER
    pthread_mutex_lock(&mutex);
#endif
    pthread_t thread;
    pthread_create(&thread, NULL, wait, NULL);
#ifdef PLAIN
    cleaned = 1;
#endif
    assert(pthread_cancel(thread) == 0);
#if defined PRINTS || defined DISABLED
    sem_post(&semaphore);
#endif
    void *result;
    pthread_join(thread, &result);
#ifdef PRINTS
    assert(result == NULL || result == PTHREAD_CANCELED);
#else
    assert(result == PTHREAD_CANCELED);
#endif
#ifdef DISABLED
    assert(plain == 1);
#endif
#ifdef WAITS
    pthread_mutex_lock(&mutex);
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * `if` where `while` should be: a wait on a condition variable may return although nobody
 * has signalled.
 */
// expect: wrong assertion
// expect: verified 2 executions -DTEST=while
// expect: verified 2 executions --early-returns=none
// expect: wrong assertion -DC11
// expect: verified -DC11 -DTEST=while
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <threads.h>

#ifndef TEST
#define TEST if
#endif

#ifdef C11
static mtx_t mutex;
static cnd_t condition;
#define BEGIN()  (mtx_init(&mutex, mtx_plain), cnd_init(&condition))
#define LOCK()   mtx_lock(&mutex)
#define UNLOCK() mtx_unlock(&mutex)
#define WAIT()   cnd_wait(&condition, &mutex)
#define SIGNAL() cnd_signal(&condition)
#else
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
#define BEGIN()  (void)0
#define LOCK()   pthread_mutex_lock(&mutex)
#define UNLOCK() pthread_mutex_unlock(&mutex)
#define WAIT()   pthread_cond_wait(&condition, &mutex)
#define SIGNAL() pthread_cond_signal(&condition)
#endif

static bool ready;

static void *sender(void *unused)
{
    LOCK();
    ready = true;
    SIGNAL();
    UNLOCK();
    return unused;
}

int main(void)
{
    pthread_t thread;
    BEGIN();
    pthread_create(&thread, NULL, sender, NULL);
    LOCK();
    TEST(!ready)
    {
        WAIT();
    }
    assert(ready);
    UNLOCK();
    pthread_join(thread, NULL);
    return 0;
}

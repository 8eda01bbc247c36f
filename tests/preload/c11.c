/* SPDX-License-Identifier: MIT */
/* C11's mutexes and conditions are the thread library's: what one of them takes, the
   other finds taken, and a signal of the one wakes a wait of the other. */
#define _GNU_SOURCE
#include "expect.h"

#include <errno.h>
#include <pthread.h>
#include <threads.h>

static mtx_t mutex;
static cnd_t cond;
static pthread_mutex_t *const as_mutex = (pthread_mutex_t *)&mutex;
static pthread_cond_t *const as_cond = (pthread_cond_t *)&cond;
static int turn; /* guarded by the mutex */

static int lock_in_other_thread(void *unused)
{
    (void)unused;
    return pthread_mutex_lock(as_mutex) == 0 ? pthread_mutex_unlock(as_mutex) : -1;
}

/* A recursive one, taken and given back by both. */
static void they_are_the_same_mutex(void)
{
    EXPECT(mtx_init(&mutex, mtx_recursive | mtx_timed), thrd_success);
    EXPECT(mtx_lock(&mutex), thrd_success);
    EXPECT(pthread_mutex_lock(as_mutex), 0);
    EXPECT(mtx_unlock(&mutex), thrd_success);
    EXPECT(pthread_mutex_unlock(as_mutex), 0);
    EXPECT(pthread_mutex_unlock(as_mutex), EPERM);
    EXPECT(mtx_unlock(&mutex), thrd_error);
    thrd_t thread;
    int result;
    EXPECT(thrd_create(&thread, lock_in_other_thread, NULL), thrd_success);
    EXPECT(thrd_join(thread, &result), thrd_success);
    EXPECT(result, 0);
    mtx_destroy(&mutex);
}

static int take_turns(void *unused)
{
    (void)unused;
    EXPECT(mtx_lock(&mutex), thrd_success);
    for (int i = 1; i < 100; i += 2) {
        while (turn != i) {
            EXPECT(cnd_wait(&cond, &mutex), thrd_success);
        }
        turn++;
        EXPECT(cnd_signal(&cond), thrd_success);
    }
    EXPECT(mtx_unlock(&mutex), thrd_success);
    return 0;
}

static void they_are_the_same_condition(void)
{
    thrd_t thread;
    EXPECT(mtx_init(&mutex, mtx_plain), thrd_success);
    EXPECT(cnd_init(&cond), thrd_success);
    EXPECT(thrd_create(&thread, take_turns, NULL), thrd_success);
    EXPECT(pthread_mutex_lock(as_mutex), 0);
    for (int i = 0; i < 100; i += 2) {
        while (turn != i) {
            EXPECT(pthread_cond_wait(as_cond, as_mutex), 0);
        }
        turn++;
        EXPECT(pthread_cond_broadcast(as_cond), 0);
    }
    EXPECT(pthread_mutex_unlock(as_mutex), 0);
    EXPECT(thrd_join(thread, NULL), thrd_success);
    cnd_destroy(&cond);
    mtx_destroy(&mutex);
}

static int calls;

static void count(void)
{
    calls++;
}

int main(void)
{
    they_are_the_same_mutex();
    they_are_the_same_condition();
    static once_flag flag = ONCE_FLAG_INIT;
    call_once(&flag, count);
    call_once(&flag, count);
    EXPECT(pthread_once((pthread_once_t *)&flag, count), 0);
    EXPECT(calls, 1);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Small programs, one for each CASE, that print what they have seen as a line. What the
 * library's primitives let a program see, their specifications must, and nothing else.
 */
#include <lockstep.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

static int seen[6]; /* each written by one thread, or under the lock */
static int turns;   /* guarded by the lock */

static lks_mutex_t mutex = LKS_MUTEX_INIT;
static lks_cond_t cond = LKS_COND_INIT;
static lks_once_t once = LKS_ONCE_INIT;
static lks_sem_t sem = LKS_SEM_INIT(0);
static lks_rwmutex_t rwmutex = LKS_RWMUTEX_INIT;
static const struct timespec soon = {1, 0};

#if CASE == 1 /* a lock, a try, and one with a deadline */
enum { THREADS = 2 };
static void run(int self)
{
    if (self == 0) {
        lks_mutex_lock(&mutex);
        seen[0] = ++turns;
        lks_mutex_unlock(&mutex);
        if ((seen[1] = lks_mutex_trylock(&mutex))) {
            seen[2] = ++turns;
            lks_mutex_unlock(&mutex);
        }
    } else if ((seen[3] = lks_mutex_timedlock(&mutex, &soon) == 0)) {
        seen[4] = ++turns;
        lks_mutex_unlock(&mutex);
    }
}
#elif CASE == 2 /* one that gives up, and was promised the mutex: see the bound in main */
enum { THREADS = 2 };
static void run(int self)
{
    if (self == 0) {
        for (int i = 0; i < 2; i++) {
            lks_mutex_lock(&mutex);
            seen[i] = ++turns;
            lks_mutex_unlock(&mutex);
        }
        if ((seen[2] = lks_mutex_trylock(&mutex))) {
            lks_mutex_unlock(&mutex);
        }
    } else if ((seen[3] = lks_mutex_timedlock(&mutex, &soon) == 0)) {
        seen[4] = ++turns;
        lks_mutex_unlock(&mutex);
    }
}
#elif CASE == 3 /* a wait for a condition with a deadline, and a signal under the mutex */
enum { THREADS = 2 };
static void run(int self)
{
    lks_mutex_lock(&mutex);
    seen[self] = ++turns;
    if (self == 0) {
        seen[2] = lks_cond_timedwait(&cond, &mutex, &soon) == 0;
        seen[3] = ++turns;
    } else {
        lks_cond_signal(&cond);
    }
    lks_mutex_unlock(&mutex);
}
#elif CASE == 4 /* a signal after the mutex was given back */
enum { THREADS = 2 };
static void run(int self)
{
    lks_mutex_lock(&mutex);
    seen[self] = ++turns;
    if (self == 0) {
        if (turns == 1) {
            lks_cond_wait(&cond, &mutex);
            seen[2] = ++turns;
        }
        lks_mutex_unlock(&mutex);
    } else {
        lks_mutex_unlock(&mutex);
        lks_cond_broadcast(&cond);
    }
}
#elif CASE == 5 /* once, with an attempt that fails the first time */
enum { THREADS = 2 };
static bool attempt(void *self)
{
    seen[*(int *)self] = ++turns;
    return turns > 1;
}
static void run(int self)
{
    seen[2 + self] = lks_once_try(&once, attempt, &self);
    if (self == 1) {
        seen[4] = lks_once_try(&once, attempt, &self);
    }
}
#elif CASE == 6 /* a semaphore: two posts, a wait, a try, and one with a deadline */
enum { THREADS = 2 };
static void run(int self)
{
    if (self == 0) {
        (void)lks_sem_post(&sem);
        seen[0] = lks_sem_trywait(&sem);
        (void)lks_sem_post(&sem);
    } else {
        seen[1] = lks_sem_timedwait(&sem, &soon) == 0;
        seen[2] = lks_sem_trywait(&sem);
    }
}
#elif CASE == 7 /* a writer that becomes a reader, and tries of both kinds */
enum { THREADS = 2 };
static void run(int self)
{
    if (self == 0) {
        lks_rwmutex_wrlock(&rwmutex);
        turns = 1;
        lks_rwmutex_downgrade(&rwmutex);
        lks_rwmutex_rdunlock(&rwmutex);
    } else {
        if ((seen[0] = lks_rwmutex_tryrdlock(&rwmutex))) {
            seen[1] = turns;
            lks_rwmutex_rdunlock(&rwmutex);
        }
        if ((seen[2] = lks_rwmutex_trywrlock(&rwmutex))) {
            seen[3] = turns;
            lks_rwmutex_wrunlock(&rwmutex);
        }
    }
}
#elif CASE == 8 /* a writer twice, and a reader */
enum { THREADS = 2 };
static void run(int self)
{
    if (self == 1) {
        lks_rwmutex_rdlock(&rwmutex);
        seen[0] = turns;
        lks_rwmutex_rdunlock(&rwmutex);
        return;
    }
    for (int i = 0; i < 2; i++) {
        lks_rwmutex_wrlock(&rwmutex);
        turns++;
        lks_rwmutex_wrunlock(&rwmutex);
    }
}
#elif CASE == 9 /* a writer and a reader with deadlines, and a writer */
enum { THREADS = 2 };
static void run(int self)
{
    if (self == 1) {
        if ((seen[0] = lks_rwmutex_timedwrlock(&rwmutex, &soon) == 0)) {
            turns++;
            lks_rwmutex_downgrade(&rwmutex);
            lks_rwmutex_rdunlock(&rwmutex);
        } else if ((seen[1] = lks_rwmutex_timedrdlock(&rwmutex, &soon) == 0)) {
            seen[2] = turns;
            lks_rwmutex_rdunlock(&rwmutex);
        }
        return;
    }
    lks_rwmutex_wrlock(&rwmutex);
    seen[3] = turns++;
    lks_rwmutex_wrunlock(&rwmutex);
}
#endif

static void *thread(void *self)
{
    run(*(int *)self);
    return NULL;
}

int main(void)
{
    static int self[THREADS];
    pthread_t threads[THREADS];
    (void)cond, (void)once, (void)sem, (void)rwmutex, (void)soon, (void)mutex;
    lks_mutex_set_bound(0);
    for (int i = 0; i < THREADS; i++) {
        self[i] = i;
        (void)pthread_create(&threads[i], NULL, thread, &self[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    (void)printf("outcome %d %d %d %d %d %d\n", seen[0], seen[1], seen[2], seen[3],
                 seen[4], seen[5]);
}

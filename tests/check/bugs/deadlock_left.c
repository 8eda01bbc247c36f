/* SPDX-License-Identifier: MIT */
/*
 * Threads that nobody joins, and that have each other's locks when main returns. Nobody
 * can give these back; those that only wait for work are no mistake.
 */
// expect: wrong hang -DCROSSWISE
// expect: verified 2 executions -DIN_ORDER
// expect: wrong hang -DTWICE
// expect: wrong hang -DENDED
// expect: wrong hang -DJOINS
// expect: wrong hang -DWRITERS
// expect: wrong hang -DREADS_AND_WRITES
// expect: wrong hang -DREADS_AGAIN
// expect: verified -DOF_MAIN
// expect: verified -DWORKER
#define _GNU_SOURCE
#include <pthread.h>
#include <stddef.h>

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER;

#if defined CROSSWISE || defined IN_ORDER
static void *run(void *argument)
{
    pthread_mutex_t *first = argument == NULL ? &one : &other;
    pthread_mutex_t *second = argument == NULL ? &other : &one;
    pthread_mutex_lock(first);
    pthread_mutex_lock(second);
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
    return NULL;
}
#elif defined TWICE
static void *run(void *unused)
{
    pthread_mutex_lock(unused == NULL ? &one : &other);
    pthread_mutex_lock(&one); /* wrong */
    return NULL;
}
#elif defined ENDED || defined OF_MAIN
static void *run(void *unused)
{
    pthread_mutex_lock(&one); /* never given back */
    return unused;
}
#elif defined JOINS
static void *take(void *unused)
{
    pthread_mutex_lock(&one);
    pthread_mutex_unlock(&one);
    return unused;
}
static void *run(void *argument)
{
    pthread_t thread;
    pthread_mutex_lock(argument == NULL ? &one : &other);
    pthread_create(&thread, NULL, take, NULL);
    pthread_join(thread, NULL); /* wrong: it waits for us */
    return NULL;
}
#elif defined WORKER
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static int there;
static void *run(void *argument)
{
    pthread_mutex_lock(&one);
    while (!there) {
        pthread_cond_wait(&work, &one);
    }
    pthread_mutex_unlock(&one);
    return argument;
}
#else
static pthread_rwlock_t lock[2] = {
#ifdef READS_AGAIN
    PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP,
    PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP,
#else
    PTHREAD_RWLOCK_INITIALIZER,
    PTHREAD_RWLOCK_INITIALIZER,
#endif
};
static void *run(void *argument)
{
    int i = argument != NULL;
#ifdef WRITERS
    pthread_rwlock_wrlock(&lock[i]);
    pthread_rwlock_rdlock(&lock[1 - i]);
#elif defined READS_AND_WRITES
    pthread_rwlock_rdlock(&lock[i]);
    pthread_rwlock_wrlock(&lock[1 - i]);
#else
    if (i) {
        pthread_rwlock_wrlock(&lock[0]);
        pthread_rwlock_unlock(&lock[0]);
        return NULL;
    }
    pthread_rwlock_rdlock(&lock[0]);
    pthread_rwlock_rdlock(&lock[0]); /* wrong: a writer may have come meanwhile */
    pthread_rwlock_unlock(&lock[0]);
    i = 1;
#endif
    pthread_rwlock_unlock(&lock[1 - i]);
    return NULL;
}
#endif

int main(void)
{
    pthread_t thread;
#ifdef OF_MAIN
    pthread_mutex_lock(&one);
#endif
    pthread_create(&thread, NULL, run, NULL);
    pthread_detach(thread);
#if !defined OF_MAIN && !defined JOINS
#ifdef IN_ORDER
    pthread_create(&thread, NULL, run, NULL);
#else
    pthread_create(&thread, NULL, run, &other);
#endif
    pthread_detach(thread);
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * A deadline by one clock, waited for by another: it lies decades in the past, and the
 * wait is over at once.
 */
// expect: wrong assertion --early-returns=none
// expect: verified --early-returns=none -DCLOCK=CLOCK_REALTIME
// expect: verified --early-returns=none -DATTRIBUTE
// expect: wrong assertion --early-returns=none -DATTRIBUTE -DCLOCK=CLOCK_BOOTTIME
// expect: verified --early-returns=none -DSEMAPHORE=CLOCK_MONOTONIC
// expect: wrong assertion --early-returns=none -DSEMAPHORE=CLOCK_REALTIME
// expect: verified --early-returns=none -DRWLOCK=CLOCK_MONOTONIC
// expect: wrong assertion --early-returns=none -DRWLOCK=CLOCK_REALTIME
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#ifndef CLOCK
#define CLOCK CLOCK_MONOTONIC
#endif

static int wait_until(const struct timespec *deadline)
{
#if defined(SEMAPHORE)
    static sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    return sem_clockwait(&semaphore, SEMAPHORE, deadline) == 0 ? 0 : errno;
#elif defined(RWLOCK)
    static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    pthread_rwlock_rdlock(&lock);
    int error = pthread_rwlock_clockwrlock(&lock, RWLOCK, deadline);
    pthread_rwlock_unlock(&lock);
    return error;
#else
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
#ifdef ATTRIBUTE
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&condition, &attributes);
#endif
    pthread_mutex_lock(&mutex);
    int error = pthread_cond_timedwait(&condition, &mutex, deadline);
    pthread_mutex_unlock(&mutex);
    return error;
#endif
}

int main(void)
{
    struct timespec deadline, before, after;
    clock_gettime(CLOCK, &deadline);
    clock_gettime(CLOCK_MONOTONIC, &before);
    deadline.tv_sec += 10;
    assert(wait_until(&deadline) == ETIMEDOUT);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert(after.tv_sec - before.tv_sec == 10);
    return 0;
}

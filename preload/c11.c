/* SPDX-License-Identifier: MIT */
/*
 * C11's mtx_*, cnd_* and call_once: see preload.h. The C library's own call what it has
 * inside, and not the functions that we take the place of.
 */
#include "preload/preload.h"

#include <threads.h>

_Static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t) &&
                   sizeof(cnd_t) == sizeof(pthread_cond_t) &&
                   sizeof(once_flag) == sizeof(pthread_once_t),
               "they are the thread library's");

static int result_of(int error)
{
    return error == 0           ? thrd_success
           : error == EBUSY     ? thrd_busy
           : error == ETIMEDOUT ? thrd_timedout
           : error == ENOMEM    ? thrd_nomem
                                : thrd_error;
}

static pthread_mutex_t *mutex_of(mtx_t *mutex)
{
    return (pthread_mutex_t *)mutex;
}

static pthread_cond_t *cond_of(cnd_t *cond)
{
    return (pthread_cond_t *)cond;
}

EXPORTED int mtx_init(mtx_t *mutex, int type)
{
    bool recursive = (type & mtx_recursive) != 0;
    if ((type & ~(mtx_recursive | mtx_timed)) != 0) {
        return thrd_error;
    }
    pthread_mutexattr_t attributes;
    (void)pthread_mutexattr_init(&attributes);
    (void)pthread_mutexattr_settype(&attributes, recursive ? PTHREAD_MUTEX_RECURSIVE
                                                           : PTHREAD_MUTEX_NORMAL);
    return result_of(pthread_mutex_init(mutex_of(mutex), &attributes));
}

EXPORTED int mtx_lock(mtx_t *mutex)
{
    return result_of(mutex_lock_at(mutex_of(mutex), CALLED_FROM));
}

EXPORTED int mtx_timedlock(mtx_t *restrict mutex,
                           const struct timespec *restrict deadline)
{
    return result_of(
        mutex_clocklock_at(mutex_of(mutex), CLOCK_REALTIME, deadline, CALLED_FROM));
}

EXPORTED int mtx_trylock(mtx_t *mutex)
{
    return result_of(mutex_trylock_at(mutex_of(mutex), CALLED_FROM));
}

EXPORTED int mtx_unlock(mtx_t *mutex)
{
    return result_of(mutex_unlock_at(mutex_of(mutex)));
}

EXPORTED void mtx_destroy(mtx_t *mutex)
{
    (void)pthread_mutex_destroy(mutex_of(mutex));
}

EXPORTED int cnd_init(cnd_t *cond)
{
    return result_of(pthread_cond_init(cond_of(cond), NULL));
}

EXPORTED int cnd_wait(cnd_t *cond, mtx_t *mutex)
{
    return result_of(cond_wait_at(cond_of(cond), mutex_of(mutex), NULL, CALLED_FROM));
}

EXPORTED int cnd_timedwait(cnd_t *restrict cond, mtx_t *restrict mutex,
                           const struct timespec *restrict deadline)
{
    return result_of(cond_wait_at(cond_of(cond), mutex_of(mutex), deadline, CALLED_FROM));
}

EXPORTED int cnd_signal(cnd_t *cond)
{
    return result_of(pthread_cond_signal(cond_of(cond)));
}

EXPORTED int cnd_broadcast(cnd_t *cond)
{
    return result_of(pthread_cond_broadcast(cond_of(cond)));
}

EXPORTED void cnd_destroy(cnd_t *cond)
{
    (void)pthread_cond_destroy(cond_of(cond));
}

EXPORTED void call_once(once_flag *flag, void (*function)(void))
{
    (void)pthread_once((pthread_once_t *)flag, function);
}

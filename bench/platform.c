/* SPDX-License-Identifier: MIT */
/* The platform's own locks and barriers: what the library is compared with. */
#include "bench/peers.h"

#include <pthread.h>

PEER_LOCK(null, char, 0, (void)lock, (void)lock, ((void)lock, true), (void)lock, (void)0)

PEER_LOCK(mutex, pthread_mutex_t, 0, return pthread_mutex_init(lock, NULL),
          (void)pthread_mutex_lock(lock), pthread_mutex_trylock(lock) == 0,
          (void)pthread_mutex_unlock(lock), (void)pthread_mutex_destroy(lock))

/* The same with an attribute: only its init differs. */
#define MUTEX_WITH(id, set, value)                                                       \
    static int id##_make(void *lock, uint32_t nthreads)                                  \
    {                                                                                    \
        (void)nthreads;                                                                  \
        pthread_mutexattr_t attributes;                                                  \
        int error = pthread_mutexattr_init(&attributes);                                 \
        if (error == 0) {                                                                \
            error = set(&attributes, value);                                             \
            error = error != 0 ? error : pthread_mutex_init(lock, &attributes);          \
            (void)pthread_mutexattr_destroy(&attributes);                                \
        }                                                                                \
        return error;                                                                    \
    }                                                                                    \
    static const lks_lock_class_t id##_class = {.size = mutex_size,                      \
                                                .init = id##_make,                       \
                                                .lock = mutex_take,                      \
                                                .trylock = mutex_try,                    \
                                                .unlock = mutex_give,                    \
                                                .destroy = mutex_end};
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
MUTEX_WITH(adaptive, pthread_mutexattr_settype, PTHREAD_MUTEX_ADAPTIVE_NP)
#endif
MUTEX_WITH(pi, pthread_mutexattr_setprotocol, PTHREAD_PRIO_INHERIT)

PEER_LOCK(spinlock, pthread_spinlock_t, 0,
          return pthread_spin_init(lock, PTHREAD_PROCESS_PRIVATE),
          (void)pthread_spin_lock(lock), pthread_spin_trylock(lock) == 0,
          (void)pthread_spin_unlock(lock), (void)pthread_spin_destroy(lock))

PEER_RWLOCK(rwlock, pthread_rwlock_t, return pthread_rwlock_init(lock, NULL),
            (void)pthread_rwlock_rdlock(lock), pthread_rwlock_tryrdlock(lock) == 0,
            (void)pthread_rwlock_unlock(lock), (void)pthread_rwlock_wrlock(lock),
            pthread_rwlock_trywrlock(lock) == 0, (void)pthread_rwlock_unlock(lock),
            (void)pthread_rwlock_destroy(lock))

#ifdef PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP
static int rwlock_writer_make(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    pthread_rwlockattr_t attributes;
    int error = pthread_rwlockattr_init(&attributes);
    if (error == 0) {
        error = pthread_rwlockattr_setkind_np(
            &attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
        error = error != 0 ? error : pthread_rwlock_init(lock, &attributes);
        (void)pthread_rwlockattr_destroy(&attributes);
    }
    return error;
}

static const lks_rwlock_class_t rwlock_writer_class = {.size = rwlock_size,
                                                       .init = rwlock_writer_make,
                                                       .rdlock = rwlock_take_shared,
                                                       .tryrdlock = rwlock_try_shared,
                                                       .rdunlock = rwlock_give_shared,
                                                       .wrlock = rwlock_take,
                                                       .trywrlock = rwlock_try,
                                                       .wrunlock = rwlock_give,
                                                       .destroy = rwlock_end};
#endif

PEER_BARRIER(barrier, pthread_barrier_t, sizeof(pthread_barrier_t),
             return pthread_barrier_init(lock, NULL, nthreads),
             (void)pthread_barrier_wait(lock), (void)pthread_barrier_destroy(lock))

const struct competitor platform_peers[] = {
    LISTED_LOCK("null", "no lock at all: broken, and shows what the harness costs", null),
    LISTED_LOCK("pthread_mutex", "the C library's mutex; sleeps", mutex),
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
    {.name = "pthread_mutex_adaptive",
     .summary = "the same, which spins for a while before it sleeps",
     .lock = &adaptive_class,
     .loops = {NULL, mutex_loop}},
#endif
    {.name = "pthread_mutex_pi",
     .summary = "the same, whose holder inherits the priority of those that wait",
     .lock = &pi_class,
     .loops = {NULL, mutex_loop}},
    LISTED_LOCK("pthread_spinlock", "the C library's spin lock; never yields", spinlock),
    LISTED_RWLOCK("pthread_rwlock", "the C library's reader-writer lock; sleeps", rwlock),
#ifdef PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP
    {.name = "pthread_rwlock_writer",
     .summary = "the same, which lets in no reader while a writer waits",
     .rwlock = &rwlock_writer_class,
     .loops = {rwlock_read_loop, rwlock_loop}},
#endif
    LISTED_BARRIER("pthread_barrier", "the C library's barrier; sleeps", barrier),
    LAST_PEER,
};

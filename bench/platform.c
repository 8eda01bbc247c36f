/* SPDX-License-Identifier: MIT */
#include "bench/platform.h"

/* --- null --- */

static size_t null_size(uint32_t nthreads)
{
    (void)nthreads;
    return 1;
}

static int null_make(void *lock, uint32_t nthreads)
{
    (void)lock;
    (void)nthreads;
    return 0;
}

static void null_take_or_give(void *lock, void *node)
{
    (void)lock;
    (void)node;
}

static bool null_try(void *lock, void *node)
{
    (void)lock;
    (void)node;
    return true;
}

static void null_end(void *lock)
{
    (void)lock;
}

/* --- pthread_mutex, pthread_spinlock --- */

static size_t pthread_mutex_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(pthread_mutex_t);
}

static int pthread_mutex_make(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return pthread_mutex_init(lock, NULL);
}

static void pthread_mutex_take(void *lock, void *node)
{
    (void)node;
    (void)pthread_mutex_lock(lock);
}

static bool pthread_mutex_try(void *lock, void *node)
{
    (void)node;
    return pthread_mutex_trylock(lock) == 0;
}

static void pthread_mutex_give(void *lock, void *node)
{
    (void)node;
    (void)pthread_mutex_unlock(lock);
}

static void pthread_mutex_end(void *lock)
{
    (void)pthread_mutex_destroy(lock);
}

#if HAS_PTHREAD_MUTEX_ADAPTIVE
static int pthread_mutex_adaptive_make(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    pthread_mutexattr_t attributes;
    int error = pthread_mutexattr_init(&attributes);
    if (error == 0) {
        error = pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
        error = error != 0 ? error : pthread_mutex_init(lock, &attributes);
        (void)pthread_mutexattr_destroy(&attributes);
    }
    return error;
}
#endif

static int pthread_mutex_pi_make(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    pthread_mutexattr_t attributes;
    int error = pthread_mutexattr_init(&attributes);
    if (error == 0) {
        error = pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
        error = error != 0 ? error : pthread_mutex_init(lock, &attributes);
        (void)pthread_mutexattr_destroy(&attributes);
    }
    return error;
}

static size_t pthread_spinlock_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(pthread_spinlock_t);
}

static int pthread_spinlock_make(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return pthread_spin_init(lock, PTHREAD_PROCESS_PRIVATE);
}

static void pthread_spinlock_take(void *lock, void *node)
{
    (void)node;
    (void)pthread_spin_lock(lock);
}

static bool pthread_spinlock_try(void *lock, void *node)
{
    (void)node;
    return pthread_spin_trylock(lock) == 0;
}

static void pthread_spinlock_give(void *lock, void *node)
{
    (void)node;
    (void)pthread_spin_unlock(lock);
}

static void pthread_spinlock_end(void *lock)
{
    (void)pthread_spin_destroy(lock);
}

const lks_lock_class_t platform_locks[] = {
    {.name = "null",
     .summary = "no lock at all: broken, and shows what the harness costs",
     .size = null_size,
     .init = null_make,
     .lock = null_take_or_give,
     .trylock = null_try,
     .unlock = null_take_or_give,
     .destroy = null_end},
    {.name = "pthread_mutex",
     .summary = "the C library's mutex; sleeps",
     .size = pthread_mutex_size,
     .init = pthread_mutex_make,
     .lock = pthread_mutex_take,
     .trylock = pthread_mutex_try,
     .unlock = pthread_mutex_give,
     .destroy = pthread_mutex_end},
#if HAS_PTHREAD_MUTEX_ADAPTIVE
    {.name = "pthread_mutex_adaptive",
     .summary = "the same, which spins for a while before it sleeps",
     .size = pthread_mutex_size,
     .init = pthread_mutex_adaptive_make,
     .lock = pthread_mutex_take,
     .trylock = pthread_mutex_try,
     .unlock = pthread_mutex_give,
     .destroy = pthread_mutex_end},
#endif
    {.name = "pthread_mutex_pi",
     .summary = "the same, whose holder inherits the priority of those that wait",
     .size = pthread_mutex_size,
     .init = pthread_mutex_pi_make,
     .lock = pthread_mutex_take,
     .trylock = pthread_mutex_try,
     .unlock = pthread_mutex_give,
     .destroy = pthread_mutex_end},
    {.name = "pthread_spinlock",
     .summary = "the C library's spin lock; never yields",
     .size = pthread_spinlock_size,
     .init = pthread_spinlock_make,
     .lock = pthread_spinlock_take,
     .trylock = pthread_spinlock_try,
     .unlock = pthread_spinlock_give,
     .destroy = pthread_spinlock_end},
    {.name = NULL},
};

/* --- pthread_rwlock --- */

static size_t pthread_rwlock_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(pthread_rwlock_t);
}

static int pthread_rwlock_make(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return pthread_rwlock_init(lock, NULL);
}

static void pthread_rwlock_take_shared(void *lock, void *node)
{
    (void)node;
    (void)pthread_rwlock_rdlock(lock);
}

static bool pthread_rwlock_try_shared(void *lock, void *node)
{
    (void)node;
    return pthread_rwlock_tryrdlock(lock) == 0;
}

static bool pthread_rwlock_try(void *lock)
{
    return pthread_rwlock_trywrlock(lock) == 0;
}

static void pthread_rwlock_give_shared(void *lock, void *node)
{
    (void)node;
    (void)pthread_rwlock_unlock(lock);
}

static void pthread_rwlock_take(void *lock)
{
    (void)pthread_rwlock_wrlock(lock);
}

static void pthread_rwlock_give(void *lock)
{
    (void)pthread_rwlock_unlock(lock);
}

static void pthread_rwlock_end(void *lock)
{
    (void)pthread_rwlock_destroy(lock);
}

#if HAS_PTHREAD_RWLOCK_WRITER
static int pthread_rwlock_writer_make(void *lock, uint32_t nthreads)
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
#endif

const lks_rwlock_class_t platform_rwlocks[] = {
    {.name = "pthread_rwlock",
     .summary = "the C library's reader-writer lock; sleeps",
     .size = pthread_rwlock_size,
     .init = pthread_rwlock_make,
     .rdlock = pthread_rwlock_take_shared,
     .tryrdlock = pthread_rwlock_try_shared,
     .rdunlock = pthread_rwlock_give_shared,
     .wrlock = pthread_rwlock_take,
     .trywrlock = pthread_rwlock_try,
     .wrunlock = pthread_rwlock_give,
     .destroy = pthread_rwlock_end},
#if HAS_PTHREAD_RWLOCK_WRITER
    {.name = "pthread_rwlock_writer",
     .summary = "the same, which lets in no reader while a writer waits",
     .size = pthread_rwlock_size,
     .init = pthread_rwlock_writer_make,
     .rdlock = pthread_rwlock_take_shared,
     .tryrdlock = pthread_rwlock_try_shared,
     .rdunlock = pthread_rwlock_give_shared,
     .wrlock = pthread_rwlock_take,
     .trywrlock = pthread_rwlock_try,
     .wrunlock = pthread_rwlock_give,
     .destroy = pthread_rwlock_end},
#endif
    {.name = NULL},
};

/* --- pthread_barrier --- */

static size_t pthread_barrier_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(pthread_barrier_t);
}

static int pthread_barrier_make(void *barrier, uint32_t nthreads)
{
    return pthread_barrier_init(barrier, NULL, nthreads);
}

static void pthread_barrier_pass(void *barrier, uint32_t thread_index)
{
    (void)thread_index;
    (void)pthread_barrier_wait(barrier);
}

static void pthread_barrier_end(void *barrier)
{
    (void)pthread_barrier_destroy(barrier);
}

const lks_barrier_class_t platform_barriers[] = {
    {.name = "pthread_barrier",
     .summary = "the C library's barrier; sleeps",
     .size = pthread_barrier_size,
     .init = pthread_barrier_make,
     .wait = pthread_barrier_pass,
     .destroy = pthread_barrier_end},
    {.name = NULL},
};

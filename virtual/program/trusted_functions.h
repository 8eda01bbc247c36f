/* SPDX-License-Identifier: MIT */
/* The library's functions that have a specification (threads/trusted.c): of which header,
   what it returns, its name there, and its parameters. */
#ifndef LOCKSTEP_VIRTUAL_TRUSTED_FUNCTIONS_H
#define LOCKSTEP_VIRTUAL_TRUSTED_FUNCTIONS_H

#include <lockstep/cond.h>
#include <lockstep/mutex.h>
#include <lockstep/once.h>
#include <lockstep/rwmutex.h>
#include <lockstep/sem.h>

#define TRUSTED_FUNCTIONS(FUNCTION)                                                      \
    FUNCTION(mutex, void, lock, (lks_mutex_t *))                                         \
    FUNCTION(mutex, bool, trylock, (lks_mutex_t *))                                      \
    FUNCTION(mutex, int, timedlock, (lks_mutex_t *, const struct timespec *))            \
    FUNCTION(mutex, void, unlock, (lks_mutex_t *))                                       \
    FUNCTION(mutex, bool, is_locked, (const lks_mutex_t *))                              \
    FUNCTION(cond, void, wait, (lks_cond_t *, lks_mutex_t *))                            \
    FUNCTION(cond, int, timedwait,                                                       \
             (lks_cond_t *, lks_mutex_t *, const struct timespec *))                     \
    FUNCTION(cond, void, wait_with,                                                      \
             (lks_cond_t *, void (*)(void *), void (*)(void *), void *))                 \
    FUNCTION(cond, int, timedwait_with,                                                  \
             (lks_cond_t *, void (*)(void *), void (*)(void *), void *,                  \
              const struct timespec *))                                                  \
    FUNCTION(cond, void, signal, (lks_cond_t *))                                         \
    FUNCTION(cond, void, broadcast, (lks_cond_t *))                                      \
    FUNCTION(once, void, call, (lks_once_t *, void (*)(void *), void *))                 \
    FUNCTION(once, bool, try, (lks_once_t *, bool (*)(void *), void *))                  \
    FUNCTION(sem, bool, trywait, (lks_sem_t *))                                          \
    FUNCTION(sem, void, wait, (lks_sem_t *))                                             \
    FUNCTION(sem, int, timedwait, (lks_sem_t *, const struct timespec *))                \
    FUNCTION(sem, int, post, (lks_sem_t *))                                              \
    FUNCTION(rwmutex, void, rdlock, (lks_rwmutex_t *))                                   \
    FUNCTION(rwmutex, bool, tryrdlock, (lks_rwmutex_t *))                                \
    FUNCTION(rwmutex, int, timedrdlock, (lks_rwmutex_t *, const struct timespec *))      \
    FUNCTION(rwmutex, void, rdunlock, (lks_rwmutex_t *))                                 \
    FUNCTION(rwmutex, void, wrlock, (lks_rwmutex_t *))                                   \
    FUNCTION(rwmutex, bool, trywrlock, (lks_rwmutex_t *))                                \
    FUNCTION(rwmutex, int, timedwrlock, (lks_rwmutex_t *, const struct timespec *))      \
    FUNCTION(rwmutex, void, wrunlock, (lks_rwmutex_t *))                                 \
    FUNCTION(rwmutex, void, downgrade, (lks_rwmutex_t *))                                \
    FUNCTION(rwmutex, bool, is_locked, (const lks_rwmutex_t *))

struct trusted_functions {
#define MEMBER(header, result, name, parameters) result(*header##_##name) parameters;
    TRUSTED_FUNCTIONS(MEMBER)
#undef MEMBER
};
extern const struct trusted_functions vm_trusted_functions; /* the specifications */

#endif

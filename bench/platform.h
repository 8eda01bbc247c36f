/* SPDX-License-Identifier: MIT */
/* The platform's own locks and barriers, as classes: what the library is compared
   with. */
#ifndef LOCKBENCH_PLATFORM_H
#define LOCKBENCH_PLATFORM_H

#include <lockstep/barrier.h>
#include <lockstep/lock.h>
#include <lockstep/rwlock.h>
#include <pthread.h>

/* glibc's mutex that spins for a while before it sleeps. */
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
#define HAS_PTHREAD_MUTEX_ADAPTIVE 1
#else
#define HAS_PTHREAD_MUTEX_ADAPTIVE 0
#endif

/* glibc's reader-writer lock that prefers writers. */
#ifdef PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP
#define HAS_PTHREAD_RWLOCK_WRITER 1
#else
#define HAS_PTHREAD_RWLOCK_WRITER 0
#endif

/* Each list ends with a class without a name. The first lock is none at all. */
extern const lks_lock_class_t platform_locks[];
extern const lks_rwlock_class_t platform_rwlocks[];
extern const lks_barrier_class_t platform_barriers[];

#endif

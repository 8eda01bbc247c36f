/* SPDX-License-Identifier: MIT */
/*
 * What lockstep-run says to the library that it puts into a program, through the
 * environment; a person who sets LD_PRELOAD by hand may say the same:
 *
 *   LOCKSTEP_LOCK, LOCKSTEP_RWLOCK, LOCKSTEP_BARRIER  a name of the catalog, or "pthread"
 *   LOCKSTEP_THREADS_AT_MOST                          a number
 *   LOCKSTEP_PROFILE                                  a directory for a profile's files
 *   LOCKSTEP_PROFILE_EVERY                            one holding in so many is timed
 *
 * What is not said stays the system's own.
 */
#ifndef PRELOAD_SETTINGS_H
#define PRELOAD_SETTINGS_H

#include <lockstep/barrier.h>
#include <lockstep/lock.h>
#include <lockstep/rwlock.h>

/* What stands for the system's own. */
#define SETTINGS_SYSTEM "pthread"

/* As many threads as may be said: what MOST_LINES lines a thread come to still fits. */
enum { SETTINGS_MOST_THREADS = 1 << 16 };

struct settings {
    const lks_lock_class_t *lock; /* NULL, also of the next two: the system's own */
    const lks_rwlock_class_t *rwlock;
    const lks_barrier_class_t *barrier;
    uint32_t threads_at_most; /* 0: not said */
    const char *profile;      /* NULL: none */
};

extern struct settings settings;

/*
 * Reads them. Allocates nothing and takes no lock, and so may run before any constructor
 * has; more than once is no harm. What is wrong is said in one line, and ends the process
 * with status 3: with another lock than the one that was asked for it would not be what
 * it seems.
 */
void settings_read(void);

/* Whether a lock of that class must know how many threads there can be: it has a place
   for each. Reader-writer locks need not: any number of places will do. */
static inline bool settings_needs_threads(const lks_lock_class_t *lock)
{
    return lock->size(1) != lock->size(SETTINGS_MOST_THREADS);
}

#endif

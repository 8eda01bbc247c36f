/* SPDX-License-Identifier: MIT */
/* What can be measured: the library's catalog, and the platform's own. */
#ifndef LOCKBENCH_COMPETITORS_H
#define LOCKBENCH_COMPETITORS_H

#include <lockstep/barrier.h>
#include <lockstep/lock.h>
#include <lockstep/rwlock.h>

enum { MAX_COMPETITORS = 64 };

/* What is compared with its like. */
enum family { LOCKS, RWLOCKS, BARRIERS, FAMILIES };

/* "locks", …: as on the command line. */
extern const char *const family_names[FAMILIES], *const family_options[FAMILIES];

/* The ways of taking a reader-writer lock; a lock has only the second. */
enum side { READ, WRITE, SIDES };

/* One of a family: one of the three classes is not NULL. */
struct competitor {
    const char *name;
    const char *summary;
    const lks_lock_class_t *lock;
    const lks_rwlock_class_t *rwlock;
    const lks_barrier_class_t *barrier;
    bool broken; /* found to be so: not run again */
};

struct competitors {
    struct competitor items[MAX_COMPETITORS];
    unsigned count;
};

/* All there are: the catalog's in its order, then the platform's. */
struct competitors all_of(enum family family);

#endif

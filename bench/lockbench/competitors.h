/* SPDX-License-Identifier: MIT */
/* What can be measured: the library's catalog, and the platform's own. */
#ifndef LOCKBENCH_COMPETITORS_H
#define LOCKBENCH_COMPETITORS_H

#include <lockstep/barrier.h>
#include <lockstep/lock.h>

enum { MAX_COMPETITORS = 64 };

/* A lock or a barrier: one of the two classes is not NULL. */
struct competitor {
    const char *name;
    const char *summary;
    const lks_lock_class_t *lock;
    const lks_barrier_class_t *barrier;
    bool broken; /* found to be so: not run again */
};

struct competitors {
    struct competitor items[MAX_COMPETITORS];
    unsigned count;
};

/* All there are: the catalog's in its order, then the platform's. */
struct competitors all_locks(void);
struct competitors all_barriers(void);

/* Takes and gives back a free lock `count` times, the catalog's algorithms inlined. */
void lock_and_unlock(const lks_lock_class_t *class, void *lock, void *node,
                     uint64_t count);

/* The loop that lock_and_unlock makes, with nothing in it. */
void only_loop(uint64_t count);

#endif

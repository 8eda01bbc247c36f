/* SPDX-License-Identifier: MIT */
/* What can be measured: the user's own, the library's catalog, the platform's, and those
   of other libraries. */
#ifndef LOCKBENCH_COMPETITORS_H
#define LOCKBENCH_COMPETITORS_H

#include <lockstep/barrier.h>
#include <lockstep/lock.h>
#include <lockstep/rwlock.h>

enum { MAX_COMPETITORS = 96 };

/* What is compared with its like. */
enum family { LOCKS, RWLOCKS, BARRIERS, FAMILIES };

/* "locks", …: as on the command line. */
extern const char *const family_names[FAMILIES], *const family_options[FAMILIES];

/* The ways of taking a reader-writer lock; a lock has only the second. */
enum side { READ, WRITE, SIDES };

/* Takes and gives back a free lock `count` times. */
typedef void (*lock_loop)(void *lock, void *node, uint64_t count);

/* Threads that somebody else starts, and the work of each. */
struct crew {
    unsigned count;
    void (*work)(void *context, unsigned self);
    void *context;
};

/* One of a family: one of the three classes is not NULL. */
struct competitor {
    const char *name;
    const char *summary;
    const lks_lock_class_t *lock;
    const lks_rwlock_class_t *rwlock;
    const lks_barrier_class_t *barrier;
    const char *library;    /* another one that has it: "Concurrency Kit", or NULL */
    bool own;               /* the user's */
    lock_loop loops[SIDES]; /* of these two kinds: compiled together with it, or NULL */
    bool broken;            /* found to be so: not run again */
    unsigned refused;       /* threads that its init is not for, nor more; 0: for any */
    /* Starts its threads, which must be its library's, and returns when all have ended;
       NULL: it takes any. */
    void (*start)(struct crew *crew);
};

struct competitors {
    struct competitor items[MAX_COMPETITORS];
    unsigned count;
};

/* All there are: the user's, the catalog's in its order, the platform's, then those of
   other libraries. */
struct competitors all_of(enum family family);

/* The platform's, then one without a name. The first one is no lock at all: it lets
   everybody in, and what remains is the harness. */
extern const struct competitor platform_peers[];
bool is_null(const struct competitor *competitor);

/* Whether the two are taken and given back by the same functions. */
bool is_alike(const struct competitor *one, const struct competitor *other);

/* Whether it can be made for so many threads. */
bool is_for(const struct competitor *one, unsigned threads);

/* Adds one of the user's; whether there are some. */
void add_own(enum family family, struct competitor one);
bool has_own(enum family family);

#endif

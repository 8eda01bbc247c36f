/* SPDX-License-Identifier: MIT */
/* The catalog of locks, and the lock chosen at run time: see lockstep/lock.h. */
#include <lockstep/check.h>
#include <lockstep/lock.h>

#include "catalog.h"
#include "tsan.h"

#define DECLARE(name, kind) extern const lks_lock_class_t lks_##name##_class;
LKS_EACH_LOCK(DECLARE)
LKS_EACH_SLEEPING_LOCK(DECLARE)

#define ADDRESS(name, kind) &lks_##name##_class,
static const lks_lock_class_t *const classes[] = {LKS_EACH_LOCK(ADDRESS)
                                                      LKS_EACH_SLEEPING_LOCK(ADDRESS)};

DEFINE_CATALOG(lock, class->node_size)

void lks_lock_lock(lks_lock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    lock->class->lock(lock->parts.object, node_in(&lock->parts, self));
    tell_acquired(lock);
}

bool lks_lock_trylock(lks_lock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    bool taken = lock->class->trylock != NULL &&
                 lock->class->trylock(lock->parts.object, node_in(&lock->parts, self));
    if (taken) {
        tell_acquired(lock);
    }
    return taken;
}

void lks_lock_unlock(lks_lock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    tell_releases(lock);
    lock->class->unlock(lock->parts.object, node_in(&lock->parts, self));
}

bool lks_lock_is_locked(const lks_lock_t *lock)
{
    return lock->class->is_locked(lock->parts.object);
}

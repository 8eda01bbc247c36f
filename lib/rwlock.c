/* SPDX-License-Identifier: MIT */
/* Reader-writer locks: the catalog, and one chosen at run time: see lockstep/rwlock.h. */
#include <lockstep/check.h>
#include <lockstep/rwlock.h>

#include "catalog.h"
#include "tsan.h"

#define DECLARE(name, style) extern const lks_rwlock_class_t lks_##name##_class;
LKS_EACH_RWLOCK(DECLARE)

#define ADDRESS(name, style) &lks_##name##_class,
static const lks_rwlock_class_t *const classes[] = {LKS_EACH_RWLOCK(ADDRESS)};

DEFINE_CATALOG(rwlock, class->node_size)

void lks_rwlock_rdlock(lks_rwlock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    lock->class->rdlock(lock->parts.object, node_in(&lock->parts, self));
    tell_acquired(lock);
}

bool lks_rwlock_tryrdlock(lks_rwlock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    bool taken = lock->class->tryrdlock(lock->parts.object, node_in(&lock->parts, self));
    if (taken) {
        tell_acquired(lock);
    }
    return taken;
}

void lks_rwlock_rdunlock(lks_rwlock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    tell_releases(lock);
    lock->class->rdunlock(lock->parts.object, node_in(&lock->parts, self));
}

void lks_rwlock_wrlock(lks_rwlock_t *lock, uint32_t self)
{
    (void)self;
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    lock->class->wrlock(lock->parts.object);
    tell_acquired(lock);
}

bool lks_rwlock_trywrlock(lks_rwlock_t *lock, uint32_t self)
{
    (void)self;
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    bool taken = lock->class->trywrlock(lock->parts.object);
    if (taken) {
        tell_acquired(lock);
    }
    return taken;
}

void lks_rwlock_wrunlock(lks_rwlock_t *lock, uint32_t self)
{
    (void)self;
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    tell_releases(lock);
    lock->class->wrunlock(lock->parts.object);
}

void lks_rwlock_downgrade(lks_rwlock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    tell_releases(lock);
    lock->class->downgrade(lock->parts.object, node_in(&lock->parts, self));
}

bool lks_rwlock_is_locked(const lks_rwlock_t *lock)
{
    return lock->class->is_locked(lock->parts.object);
}

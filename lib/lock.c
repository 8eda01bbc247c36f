/* SPDX-License-Identifier: MIT */
/* The catalog of locks, and the lock chosen at run time: see lockstep/lock.h. */
#include <errno.h>
#include <lockstep/check.h>
#include <lockstep/lock.h>

#include "catalog.h"

#define DECLARE(name, kind) extern const lks_lock_class_t lks_##name##_class;
LKS_EACH_LOCK(DECLARE)
LKS_EACH_SLEEPING_LOCK(DECLARE)

#define ADDRESS(name, kind) &lks_##name##_class,
static const lks_lock_class_t *const classes[] = {LKS_EACH_LOCK(ADDRESS)
                                                      LKS_EACH_SLEEPING_LOCK(ADDRESS)};

DEFINE_CLASS_FIND_AND_NEXT(lock)

struct lks_lock {
    alignas(LKS_CACHE_LINE) const lks_lock_class_t *class;
    struct parts parts;
};

int lks_lock_create(lks_lock_t **lock, const char *name, uint32_t nthreads)
{
    if (lock == NULL || name == NULL || nthreads == 0) {
        return EINVAL;
    }
    const lks_lock_class_t *class = lks_lock_class_find(name);
    if (class == NULL) {
        return ENOENT;
    }
    struct parts parts;
    lks_lock_t *self = allocate_with_parts(sizeof *self, class->size, class->node_size,
                                           nthreads, &parts);
    if (self == NULL) {
        return ENOMEM;
    }
    self->class = class;
    self->parts = parts;
    int error = class->init(parts.object, nthreads);
    if (error != 0) {
        free(self);
        return error;
    }
    *lock = self;
    return 0;
}

void lks_lock_destroy(lks_lock_t *lock)
{
    if (lock != NULL) {
        lock->class->destroy(lock->parts.object);
        free(lock);
    }
}

const lks_lock_class_t *lks_lock_class_of(const lks_lock_t *lock)
{
    return lock->class;
}

void lks_lock_lock(lks_lock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    lock->class->lock(lock->parts.object, node_in(&lock->parts, self));
}

bool lks_lock_trylock(lks_lock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    return lock->class->trylock != NULL &&
           lock->class->trylock(lock->parts.object, node_in(&lock->parts, self));
}

void lks_lock_unlock(lks_lock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    lock->class->unlock(lock->parts.object, node_in(&lock->parts, self));
}

bool lks_lock_is_locked(const lks_lock_t *lock)
{
    return lock->class->is_locked(lock->parts.object);
}

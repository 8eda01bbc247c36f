/* SPDX-License-Identifier: MIT */
/* Reader-writer locks: the catalog, and one chosen at run time: see lockstep/rwlock.h. */
#include <errno.h>
#include <lockstep/check.h>
#include <lockstep/rwlock.h>

#include "catalog.h"

#define DECLARE(name, style) extern const lks_rwlock_class_t lks_##name##_class;
LKS_EACH_RWLOCK(DECLARE)

#define ADDRESS(name, style) &lks_##name##_class,
static const lks_rwlock_class_t *const classes[] = {LKS_EACH_RWLOCK(ADDRESS)};

DEFINE_CLASS_FIND_AND_NEXT(rwlock)

struct lks_rwlock {
    alignas(LKS_CACHE_LINE) const lks_rwlock_class_t *class;
    struct parts parts;
};

int lks_rwlock_create(lks_rwlock_t **lock, const char *name, uint32_t nthreads)
{
    if (lock == NULL || name == NULL || nthreads == 0) {
        return EINVAL;
    }
    const lks_rwlock_class_t *class = lks_rwlock_class_find(name);
    if (class == NULL) {
        return ENOENT;
    }
    struct parts parts;
    lks_rwlock_t *self = allocate_with_parts(sizeof *self, class->size, class->node_size,
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

void lks_rwlock_destroy(lks_rwlock_t *lock)
{
    if (lock != NULL) {
        lock->class->destroy(lock->parts.object);
        free(lock);
    }
}

const lks_rwlock_class_t *lks_rwlock_class_of(const lks_rwlock_t *lock)
{
    return lock->class;
}

void lks_rwlock_rdlock(lks_rwlock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    lock->class->rdlock(lock->parts.object, node_in(&lock->parts, self));
}

bool lks_rwlock_tryrdlock(lks_rwlock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    return lock->class->tryrdlock(lock->parts.object, node_in(&lock->parts, self));
}

void lks_rwlock_rdunlock(lks_rwlock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    lock->class->rdunlock(lock->parts.object, node_in(&lock->parts, self));
}

void lks_rwlock_wrlock(lks_rwlock_t *lock, uint32_t self)
{
    (void)self;
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    lock->class->wrlock(lock->parts.object);
}

bool lks_rwlock_trywrlock(lks_rwlock_t *lock, uint32_t self)
{
    (void)self;
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    return lock->class->trywrlock(lock->parts.object);
}

void lks_rwlock_wrunlock(lks_rwlock_t *lock, uint32_t self)
{
    (void)self;
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    lock->class->wrunlock(lock->parts.object);
}

void lks_rwlock_downgrade(lks_rwlock_t *lock, uint32_t self)
{
    lks_check(self < lock->parts.nthreads, "thread index out of range", lock);
    lock->class->downgrade(lock->parts.object, node_in(&lock->parts, self));
}

bool lks_rwlock_is_locked(const lks_rwlock_t *lock)
{
    return lock->class->is_locked(lock->parts.object);
}

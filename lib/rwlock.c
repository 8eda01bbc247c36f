/* SPDX-License-Identifier: MIT */
/* Reader-writer locks: the catalog, and one chosen at run time: see lockstep/rwlock.h. */
#include <errno.h>
#include <lockstep/check.h>
#include <lockstep/rwlock.h>
#include <stdlib.h>
#include <string.h>

#define DECLARE(name, style) extern const lks_rwlock_class_t lks_##name##_class;
LKS_EACH_RWLOCK(DECLARE)

#define ADDRESS(name, style) &lks_##name##_class,
static const lks_rwlock_class_t *const classes[] = {LKS_EACH_RWLOCK(ADDRESS)};

enum { CLASSES = sizeof classes / sizeof classes[0] };

const lks_rwlock_class_t *lks_rwlock_class_find(const char *name)
{
    for (size_t i = 0; i < CLASSES; i++) {
        if (strcmp(classes[i]->name, name) == 0) {
            return classes[i];
        }
    }
    return NULL;
}

const lks_rwlock_class_t *lks_rwlock_class_next(const lks_rwlock_class_t *previous)
{
    if (previous == NULL) {
        return classes[0];
    }
    for (size_t i = 0; i + 1 < CLASSES; i++) {
        if (classes[i] == previous) {
            return classes[i + 1];
        }
    }
    return NULL;
}

/* One piece of memory: this, the lock, a node a thread, each from a cache line on. */
struct lks_rwlock {
    alignas(LKS_CACHE_LINE) const lks_rwlock_class_t *class;
    void *lock;
    char *nodes;
    size_t node_stride;
    uint32_t nthreads;
};

/* No class needs more than so many lines a thread, so no size overflows below this. */
enum { MOST_LINES = 64 };
static const size_t MAX_THREADS = SIZE_MAX / LKS_CACHE_LINE / MOST_LINES;

int lks_rwlock_create(lks_rwlock_t **lock, const char *name, uint32_t nthreads)
{
    if (lock == NULL || name == NULL || nthreads == 0) {
        return EINVAL;
    }
    const lks_rwlock_class_t *class = lks_rwlock_class_find(name);
    if (class == NULL) {
        return ENOENT;
    }
    if (nthreads > MAX_THREADS) {
        return ENOMEM;
    }
    size_t lock_size = LKS_WHOLE_LINES(class->size(nthreads));
    size_t node_stride = LKS_WHOLE_LINES(class->node_size);
    size_t size = sizeof(lks_rwlock_t) + lock_size + node_stride * nthreads;
    lks_rwlock_t *self = aligned_alloc(LKS_CACHE_LINE, size);
    if (self == NULL) {
        return ENOMEM;
    }
    memset(self, 0, size);
    self->class = class;
    self->lock = self + 1;
    self->nodes = (char *)self->lock + lock_size;
    self->node_stride = node_stride;
    self->nthreads = nthreads;
    int error = class->init(self->lock, nthreads);
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
        lock->class->destroy(lock->lock);
        free(lock);
    }
}

const lks_rwlock_class_t *lks_rwlock_class_of(const lks_rwlock_t *lock)
{
    return lock->class;
}

static void *node_of(lks_rwlock_t *lock, uint32_t self)
{
    return lock->nodes + self * lock->node_stride;
}

void lks_rwlock_rdlock(lks_rwlock_t *lock, uint32_t self)
{
    lks_check(self < lock->nthreads, "thread index out of range", lock);
    lock->class->rdlock(lock->lock, node_of(lock, self));
}

bool lks_rwlock_tryrdlock(lks_rwlock_t *lock, uint32_t self)
{
    lks_check(self < lock->nthreads, "thread index out of range", lock);
    return lock->class->tryrdlock(lock->lock, node_of(lock, self));
}

void lks_rwlock_rdunlock(lks_rwlock_t *lock, uint32_t self)
{
    lks_check(self < lock->nthreads, "thread index out of range", lock);
    lock->class->rdunlock(lock->lock, node_of(lock, self));
}

void lks_rwlock_wrlock(lks_rwlock_t *lock, uint32_t self)
{
    (void)self;
    lks_check(self < lock->nthreads, "thread index out of range", lock);
    lock->class->wrlock(lock->lock);
}

bool lks_rwlock_trywrlock(lks_rwlock_t *lock, uint32_t self)
{
    (void)self;
    lks_check(self < lock->nthreads, "thread index out of range", lock);
    return lock->class->trywrlock(lock->lock);
}

void lks_rwlock_wrunlock(lks_rwlock_t *lock, uint32_t self)
{
    (void)self;
    lks_check(self < lock->nthreads, "thread index out of range", lock);
    lock->class->wrunlock(lock->lock);
}

void lks_rwlock_downgrade(lks_rwlock_t *lock, uint32_t self)
{
    lks_check(self < lock->nthreads, "thread index out of range", lock);
    lock->class->downgrade(lock->lock, node_of(lock, self));
}

bool lks_rwlock_is_locked(const lks_rwlock_t *lock)
{
    return lock->class->is_locked(lock->lock);
}

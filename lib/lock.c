/* SPDX-License-Identifier: MIT */
/* The catalog of locks, and the lock chosen at run time: see lockstep/lock.h. */
#include <errno.h>
#include <lockstep/check.h>
#include <lockstep/lock.h>
#include <stdlib.h>
#include <string.h>

#define DECLARE(name, kind) extern const lks_lock_class_t lks_##name##_class;
LKS_EACH_LOCK(DECLARE)
LKS_EACH_SLEEPING_LOCK(DECLARE)

#define ADDRESS(name, kind) &lks_##name##_class,
static const lks_lock_class_t *const classes[] = {LKS_EACH_LOCK(ADDRESS)
                                                      LKS_EACH_SLEEPING_LOCK(ADDRESS)};

enum { CLASSES = sizeof classes / sizeof classes[0] };

const lks_lock_class_t *lks_lock_class_find(const char *name)
{
    for (size_t i = 0; i < CLASSES; i++) {
        if (strcmp(classes[i]->name, name) == 0) {
            return classes[i];
        }
    }
    return NULL;
}

const lks_lock_class_t *lks_lock_class_next(const lks_lock_class_t *previous)
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
struct lks_lock {
    alignas(LKS_CACHE_LINE) const lks_lock_class_t *class;
    void *lock;
    char *nodes;
    size_t node_stride;
    uint32_t nthreads;
};

/* No class needs more than so many lines a thread, so no size overflows below this. */
enum { MOST_LINES = 64 };
static const size_t MAX_THREADS = SIZE_MAX / LKS_CACHE_LINE / MOST_LINES;

int lks_lock_create(lks_lock_t **lock, const char *name, uint32_t nthreads)
{
    if (lock == NULL || name == NULL || nthreads == 0) {
        return EINVAL;
    }
    const lks_lock_class_t *class = lks_lock_class_find(name);
    if (class == NULL) {
        return ENOENT;
    }
    if (nthreads > MAX_THREADS) {
        return ENOMEM;
    }
    size_t lock_size = LKS_WHOLE_LINES(class->size(nthreads));
    size_t node_stride = LKS_WHOLE_LINES(class->node_size);
    size_t size = sizeof(lks_lock_t) + lock_size + node_stride * nthreads;
    lks_lock_t *self = aligned_alloc(LKS_CACHE_LINE, size);
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

void lks_lock_destroy(lks_lock_t *lock)
{
    if (lock != NULL) {
        lock->class->destroy(lock->lock);
        free(lock);
    }
}

const lks_lock_class_t *lks_lock_class_of(const lks_lock_t *lock)
{
    return lock->class;
}

static void *node_of(lks_lock_t *lock, uint32_t self)
{
    return lock->nodes + self * lock->node_stride;
}

void lks_lock_lock(lks_lock_t *lock, uint32_t self)
{
    lks_check(self < lock->nthreads, "thread index out of range", lock);
    lock->class->lock(lock->lock, node_of(lock, self));
}

bool lks_lock_trylock(lks_lock_t *lock, uint32_t self)
{
    lks_check(self < lock->nthreads, "thread index out of range", lock);
    return lock->class->trylock != NULL &&
           lock->class->trylock(lock->lock, node_of(lock, self));
}

void lks_lock_unlock(lks_lock_t *lock, uint32_t self)
{
    lks_check(self < lock->nthreads, "thread index out of range", lock);
    lock->class->unlock(lock->lock, node_of(lock, self));
}

bool lks_lock_is_locked(const lks_lock_t *lock)
{
    return lock->class->is_locked(lock->lock);
}

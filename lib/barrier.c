/* SPDX-License-Identifier: MIT */
/* The catalog of barriers, and the barrier chosen at run time: see lockstep/barrier.h. */
#include <errno.h>
#include <lockstep/barrier.h>
#include <stdlib.h>
#include <string.h>

#define DECLARE(name)                 extern const lks_barrier_class_t lks_##name##_barrier_class;
#define DECLARE_SLEEPING(name, plain) DECLARE(name)
LKS_EACH_BARRIER(DECLARE)
LKS_EACH_SLEEPING_BARRIER(DECLARE_SLEEPING)

#define ADDRESS(name)                 &lks_##name##_barrier_class,
#define ADDRESS_SLEEPING(name, plain) ADDRESS(name)
static const lks_barrier_class_t *const classes[] = {
    LKS_EACH_BARRIER(ADDRESS) LKS_EACH_SLEEPING_BARRIER(ADDRESS_SLEEPING)};

enum { CLASSES = sizeof classes / sizeof classes[0] };

const lks_barrier_class_t *lks_barrier_class_find(const char *name)
{
    for (size_t i = 0; i < CLASSES; i++) {
        if (strcmp(classes[i]->name, name) == 0) {
            return classes[i];
        }
    }
    return NULL;
}

const lks_barrier_class_t *lks_barrier_class_next(const lks_barrier_class_t *previous)
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

/* One piece of memory: this, and the barrier from the next cache line on. */
struct lks_barrier {
    alignas(LKS_CACHE_LINE) const lks_barrier_class_t *class;
    void *barrier;
};

/* No class needs more than so many lines a thread, so no size overflows below this. */
enum { MOST_LINES = 64 };
static const size_t MAX_THREADS = SIZE_MAX / LKS_CACHE_LINE / MOST_LINES;

int lks_barrier_create(lks_barrier_t **barrier, const char *name, uint32_t nthreads)
{
    if (barrier == NULL || name == NULL || nthreads == 0) {
        return EINVAL;
    }
    const lks_barrier_class_t *class = lks_barrier_class_find(name);
    if (class == NULL) {
        return ENOENT;
    }
    if (nthreads > MAX_THREADS) {
        return ENOMEM;
    }
    lks_barrier_t *self = aligned_alloc(
        LKS_CACHE_LINE, sizeof(lks_barrier_t) + LKS_WHOLE_LINES(class->size(nthreads)));
    if (self == NULL) {
        return ENOMEM;
    }
    self->class = class;
    self->barrier = self + 1;
    int error = class->init(self->barrier, nthreads);
    if (error != 0) {
        free(self);
        return error;
    }
    *barrier = self;
    return 0;
}

void lks_barrier_destroy(lks_barrier_t *barrier)
{
    if (barrier != NULL) {
        barrier->class->destroy(barrier->barrier);
        free(barrier);
    }
}

const lks_barrier_class_t *lks_barrier_class_of(const lks_barrier_t *barrier)
{
    return barrier->class;
}

void lks_barrier_wait(lks_barrier_t *barrier, uint32_t self)
{
    barrier->class->wait(barrier->barrier, self);
}

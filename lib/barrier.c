/* SPDX-License-Identifier: MIT */
/* The catalog of barriers, and the barrier chosen at run time: see lockstep/barrier.h. */
#include <errno.h>
#include <lockstep/barrier.h>

#include "catalog.h"

#define DECLARE(name)                 extern const lks_barrier_class_t lks_##name##_barrier_class;
#define DECLARE_SLEEPING(name, plain) DECLARE(name)
LKS_EACH_BARRIER(DECLARE)
LKS_EACH_SLEEPING_BARRIER(DECLARE_SLEEPING)

#define ADDRESS(name)                 &lks_##name##_barrier_class,
#define ADDRESS_SLEEPING(name, plain) ADDRESS(name)
static const lks_barrier_class_t *const classes[] = {
    LKS_EACH_BARRIER(ADDRESS) LKS_EACH_SLEEPING_BARRIER(ADDRESS_SLEEPING)};

DEFINE_CLASS_FIND_AND_NEXT(barrier)

struct lks_barrier {
    alignas(LKS_CACHE_LINE) const lks_barrier_class_t *class;
    struct parts parts;
};

int lks_barrier_create(lks_barrier_t **barrier, const char *name, uint32_t nthreads)
{
    if (barrier == NULL || name == NULL || nthreads == 0) {
        return EINVAL;
    }
    const lks_barrier_class_t *class = lks_barrier_class_find(name);
    if (class == NULL) {
        return ENOENT;
    }
    struct parts parts;
    lks_barrier_t *self =
        allocate_with_parts(sizeof *self, class->size, 0, nthreads, &parts);
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
    *barrier = self;
    return 0;
}

void lks_barrier_destroy(lks_barrier_t *barrier)
{
    if (barrier != NULL) {
        barrier->class->destroy(barrier->parts.object);
        free(barrier);
    }
}

const lks_barrier_class_t *lks_barrier_class_of(const lks_barrier_t *barrier)
{
    return barrier->class;
}

void lks_barrier_wait(lks_barrier_t *barrier, uint32_t self)
{
    barrier->class->wait(barrier->parts.object, self);
}

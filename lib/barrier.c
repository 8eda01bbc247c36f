/* SPDX-License-Identifier: MIT */
/* The catalog of barriers, and the barrier chosen at run time: see lockstep/barrier.h. */
#include <lockstep/barrier.h>

#include "catalog.h"
#include "tsan.h"

#define DECLARE(name) extern const lks_barrier_class_t lks_##name##_barrier_class;

#define DECLARE_SLEEPING(name, plain) DECLARE(name)
LKS_EACH_BARRIER(DECLARE)
LKS_EACH_SLEEPING_BARRIER(DECLARE_SLEEPING)

#define ADDRESS(name)                 &lks_##name##_barrier_class,
#define ADDRESS_SLEEPING(name, plain) ADDRESS(name)
static const lks_barrier_class_t *const classes[] = {
    LKS_EACH_BARRIER(ADDRESS) LKS_EACH_SLEEPING_BARRIER(ADDRESS_SLEEPING)};

DEFINE_CATALOG(barrier, 0)

void lks_barrier_wait(lks_barrier_t *barrier, uint32_t self)
{
    tell_releases(barrier);
    barrier->class->wait(barrier->parts.object, self);
    tell_acquired(barrier);
}

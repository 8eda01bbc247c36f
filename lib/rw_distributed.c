/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/rw_distributed.h, and its catalog entry. */
#include <lockstep/rwlock.h>
#include <lockstep/rwmutex.h>

#undef LKS_INLINE /* the functions of the mutex stay inline here */
#define LKS_INLINE
#include <lockstep/rw_distributed.h>

LKS_RWLOCK_CALLS_reader_node(rw_distributed)

/* More would make writers slow; readers that share one still go in together. */
enum { MOST_INDICATORS = 64 };

/* The smallest power of two that is at least `nthreads`, or the most. */
static uint32_t indicators_for(uint32_t nthreads)
{
    uint32_t count = 1;
    while (count < nthreads && count < MOST_INDICATORS) {
        count *= 2;
    }
    return count;
}

/* The indicators lie behind the lock. */
static size_t rw_distributed_size(uint32_t nthreads)
{
    return sizeof(lks_rw_distributed_t) +
           indicators_for(nthreads) * sizeof(lks_rw_distributed_indicator_t);
}

static int rw_distributed_init(void *lock, uint32_t nthreads)
{
    lks_rw_distributed_t *distributed = lock;
    if (distributed == NULL) {
        return EINVAL; /* nothing lies behind it */
    }
    return lks_rw_distributed_init(distributed,
                                   (lks_rw_distributed_indicator_t *)(distributed + 1),
                                   nthreads == 0 ? 0 : indicators_for(nthreads));
}

/* What counts is behind it. */
static void rw_distributed_age(void *lock)
{
    extern const lks_rwlock_class_t lks_rwmutex_class;
    lks_rwmutex_class.age(&((lks_rw_distributed_t *)lock)->queue);
}

const lks_rwlock_class_t lks_rw_distributed_class = {
    .name = "rw_distributed",
    .summary = "readers of different processors share nothing, the writer looks at all",
    .paper = "Dice, Kogan: BRAVO: Biased Locking for Reader-Writer Locks, 2019",
    .traits = LKS_RWLOCK_READERS_PASS | LKS_RWLOCK_WRITERS_PASS | LKS_RWLOCK_NEEDS_NODE |
              LKS_RWLOCK_SLEEPS,
    .size = rw_distributed_size,
    .node_size = sizeof(lks_rw_distributed_reader_t),
    .init = rw_distributed_init,
    .rdlock = rw_distributed_rdlock,
    .tryrdlock = rw_distributed_tryrdlock,
    .rdunlock = rw_distributed_rdunlock,
    .wrlock = rw_distributed_wrlock,
    .trywrlock = rw_distributed_trywrlock,
    .wrunlock = rw_distributed_wrunlock,
    .downgrade = rw_distributed_downgrade,
    .is_locked = rw_distributed_is_locked,
    .destroy = rw_distributed_destroy,
    .age = rw_distributed_age,
};

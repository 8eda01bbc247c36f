/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/malthusian.h, and its catalog entry. */
#define LKS_INLINE
#include <lockstep/lock.h>
#include <lockstep/malthusian.h>

LKS_LOCK_CALLS_queue_node(malthusian)

static size_t malthusian_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_malthusian_t);
}

static int malthusian_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_malthusian_init(lock, LKS_MALTHUSIAN_PERIOD);
}

const lks_lock_class_t lks_malthusian_class = {
    .name = "malthusian",
    .summary = "linked queue that sends surplus threads to sleep",
    .paper = "Dice: Malthusian Locks, 2017",
    .traits = LKS_LOCK_TRYLOCK | LKS_LOCK_NEEDS_NODE | LKS_LOCK_SLEEPS,
    .size = malthusian_size,
    .node_size = sizeof(lks_malthusian_node_t),
    .init = malthusian_init,
    .lock = malthusian_lock,
    .trylock = malthusian_trylock,
    .unlock = malthusian_unlock,
    .is_locked = malthusian_is_locked,
    .destroy = malthusian_destroy,
};

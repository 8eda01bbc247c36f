/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/mcs.h, and its two catalog entries. */
#define LKS_INLINE
#include <lockstep/lock.h>
#include <lockstep/mcs.h>

LKS_LOCK_CALLS_queue_node(mcs)

static size_t mcs_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_mcs_t);
}

static int mcs_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_mcs_init(lock);
}

static int mcs_sleep_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_mcs_init_waiting(lock, LKS_WAIT_SLEEP);
}

/* What both classes share. */
#define COMMON                                                                           \
    .paper = "Mellor-Crummey, Scott: Algorithms for Scalable Synchronization on "        \
             "Shared-Memory Multiprocessors, 1991",                                      \
    .size = mcs_size, .node_size = sizeof(lks_mcs_node_t), .lock = mcs_lock,             \
    .trylock = mcs_trylock, .unlock = mcs_unlock, .is_locked = mcs_is_locked,            \
    .destroy = mcs_destroy

const lks_lock_class_t lks_mcs_class = {
    .name = "mcs",
    .summary = "linked queue: each waiter spins on its own node",
    .traits = LKS_LOCK_FAIR | LKS_LOCK_TRYLOCK | LKS_LOCK_NEEDS_NODE,
    .init = mcs_init,
    COMMON,
};

const lks_lock_class_t lks_mcs_sleep_class = {
    .name = "mcs_sleep",
    .summary = "mcs, with waiters that sleep",
    .traits = LKS_LOCK_FAIR | LKS_LOCK_TRYLOCK | LKS_LOCK_NEEDS_NODE | LKS_LOCK_SLEEPS,
    .init = mcs_sleep_init,
    COMMON,
};

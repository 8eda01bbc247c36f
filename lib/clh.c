/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/clh.h, and its two catalog entries. */
#define LKS_INLINE
#include <lockstep/clh.h>
#include <lockstep/lock.h>

LKS_LOCK_CALLS_spare_node(clh)

/* The lock's first node lies behind it. */
static size_t clh_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_clh_t) + sizeof(lks_clh_node_t);
}

static int init_waiting(void *lock, uint32_t nthreads, lks_wait_mode_t mode)
{
    (void)nthreads;
    lks_clh_t *clh = lock;
    if (clh == NULL) {
        return EINVAL; /* nothing lies behind it */
    }
    return lks_clh_init_waiting(clh, (lks_clh_node_t *)(clh + 1), mode);
}

static int clh_init(void *lock, uint32_t nthreads)
{
    return init_waiting(lock, nthreads, LKS_WAIT_YIELD);
}

static int clh_sleep_init(void *lock, uint32_t nthreads)
{
    return init_waiting(lock, nthreads, LKS_WAIT_SLEEP);
}

/* What both classes share. */
#define COMMON                                                                           \
    .paper =                                                                             \
        "Craig: Building FIFO and Priority-Queuing Spin Locks from Atomic Swap, 1993",   \
    .size = clh_size, .node_size = sizeof(struct clh_context), .lock = clh_lock,         \
    .unlock = clh_unlock, .is_locked = clh_is_locked, .destroy = clh_destroy

const lks_lock_class_t lks_clh_class = {
    .name = "clh",
    .summary = "implicit queue: each waiter spins on the node before its own",
    .traits = LKS_LOCK_FAIR | LKS_LOCK_NEEDS_NODE,
    .init = clh_init,
    COMMON,
};

const lks_lock_class_t lks_clh_sleep_class = {
    .name = "clh_sleep",
    .summary = "clh, with waiters that sleep",
    .traits = LKS_LOCK_FAIR | LKS_LOCK_NEEDS_NODE | LKS_LOCK_SLEEPS,
    .init = clh_sleep_init,
    COMMON,
};

/* SPDX-License-Identifier: MIT */
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

static int clh_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    lks_clh_t *clh = lock;
    return lks_clh_init(clh, (lks_clh_node_t *)(clh + 1));
}

const lks_lock_class_t lks_clh_class = {
    .name = "clh",
    .summary = "implicit queue: each waiter spins on the node before its own",
    .paper =
        "Craig: Building FIFO and Priority-Queuing Spin Locks from Atomic Swap, 1993",
    .traits = LKS_LOCK_FAIR | LKS_LOCK_NEEDS_NODE,
    .size = clh_size,
    .node_size = sizeof(struct clh_context),
    .init = clh_init,
    .lock = clh_lock,
    .unlock = clh_unlock,
    .is_locked = clh_is_locked,
    .destroy = clh_destroy,
};

/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/backoff.h, and its catalog entry. */
#define LKS_INLINE
#include <lockstep/backoff.h>
#include <lockstep/lock.h>

LKS_LOCK_CALLS_context_free(backoff)

static size_t backoff_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_backoff_t);
}

static int backoff_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_backoff_init(lock, LKS_BACKOFF_SHORTEST, LKS_BACKOFF_LONGEST);
}

const lks_lock_class_t lks_backoff_class = {
    .name = "backoff",
    .summary = "test-and-set with random, exponentially growing delays",
    .paper = "Anderson: The Performance of Spin Lock Alternatives for Shared-Memory "
             "Multiprocessors, 1990",
    .traits = LKS_LOCK_TRYLOCK,
    .size = backoff_size,
    .init = backoff_init,
    .lock = backoff_lock,
    .trylock = backoff_trylock,
    .unlock = backoff_unlock,
    .is_locked = backoff_is_locked,
    .destroy = backoff_destroy,
};

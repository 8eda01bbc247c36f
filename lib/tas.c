/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/tas.h, and its catalog entry. */
#define LKS_INLINE
#include <lockstep/lock.h>
#include <lockstep/tas.h>

LKS_LOCK_CALLS_context_free(tas)

static size_t tas_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_tas_t);
}

static int tas_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_tas_init(lock);
}

const lks_lock_class_t lks_tas_class = {
    .name = "tas",
    .summary = "naive test-and-set: waiters swap until they win",
    .paper = "Anderson: The Performance of Spin Lock Alternatives for Shared-Memory "
             "Multiprocessors, 1990",
    .traits = LKS_LOCK_TRYLOCK,
    .size = tas_size,
    .init = tas_init,
    .lock = tas_lock,
    .trylock = tas_trylock,
    .unlock = tas_unlock,
    .is_locked = tas_is_locked,
    .destroy = tas_destroy,
};

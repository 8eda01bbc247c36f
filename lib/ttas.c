/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/ttas.h, and its catalog entry. */
#define LKS_INLINE
#include <lockstep/lock.h>
#include <lockstep/ttas.h>

LKS_LOCK_CALLS_context_free(ttas)

static size_t ttas_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_ttas_t);
}

static int ttas_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_ttas_init(lock);
}

const lks_lock_class_t lks_ttas_class = {
    .name = "ttas",
    .summary = "test-and-test-and-set: waiters read, and swap when it looks free",
    .paper = "Rudolph, Segall: Dynamic Decentralized Cache Schemes for MIMD Parallel "
             "Processors, 1984",
    .traits = LKS_LOCK_TRYLOCK,
    .size = ttas_size,
    .init = ttas_init,
    .lock = ttas_lock,
    .trylock = ttas_trylock,
    .unlock = ttas_unlock,
    .is_locked = ttas_is_locked,
    .destroy = ttas_destroy,
};

/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/mcs_k42.h, and its two catalog entries. */
#define LKS_INLINE
#include <lockstep/lock.h>
#include <lockstep/mcs_k42.h>

LKS_LOCK_CALLS_context_free(mcs_k42)

static size_t mcs_k42_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_mcs_k42_t);
}

static int mcs_k42_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_mcs_k42_init(lock);
}

static int mcs_k42_sleep_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_mcs_k42_init_waiting(lock, LKS_WAIT_SLEEP);
}

/* What both classes share. */
#define COMMON                                                                           \
    .paper = "Auslander, Edelsohn, Krieger, Rosenburg, Wisniewski: Enhancement to the "  \
             "MCS Lock, 2003",                                                           \
    .size = mcs_k42_size, .lock = mcs_k42_lock, .trylock = mcs_k42_trylock,              \
    .unlock = mcs_k42_unlock, .is_locked = mcs_k42_is_locked, .destroy = mcs_k42_destroy

const lks_lock_class_t lks_mcs_k42_class = {
    .name = "mcs_k42",
    .summary = "mcs without a node of the caller's: it lies on the waiter's stack",
    .traits = LKS_LOCK_FAIR | LKS_LOCK_TRYLOCK | LKS_LOCK_BRINGS_NODE,
    .init = mcs_k42_init,
    COMMON,
};

const lks_lock_class_t lks_mcs_k42_sleep_class = {
    .name = "mcs_k42_sleep",
    .summary = "mcs_k42, with waiters that sleep",
    .traits = LKS_LOCK_FAIR | LKS_LOCK_TRYLOCK | LKS_LOCK_BRINGS_NODE | LKS_LOCK_SLEEPS,
    .init = mcs_k42_sleep_init,
    COMMON,
};

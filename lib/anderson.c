/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/anderson.h, and its two catalog entries. */
#define LKS_INLINE
#include <lockstep/anderson.h>
#include <lockstep/lock.h>

LKS_LOCK_CALLS_context_free(anderson)

/* The smallest power of two that is at least `nthreads`; 0 if there is none. */
static uint32_t slots_for(uint32_t nthreads)
{
    uint32_t count = 1;
    while (count != 0 && count < nthreads) {
        count *= 2;
    }
    return count;
}

/* The slots lie behind the lock. */
static size_t anderson_size(uint32_t nthreads)
{
    return sizeof(lks_anderson_t) + slots_for(nthreads) * sizeof(lks_anderson_slot_t);
}

static int init_waiting(void *lock, uint32_t nthreads, lks_wait_mode_t mode)
{
    lks_anderson_t *anderson = lock;
    if (anderson == NULL) {
        return EINVAL; /* nothing lies behind it */
    }
    return lks_anderson_init_waiting(anderson, (lks_anderson_slot_t *)(anderson + 1),
                                     nthreads == 0 ? 0 : slots_for(nthreads), mode);
}

static int anderson_init(void *lock, uint32_t nthreads)
{
    return init_waiting(lock, nthreads, LKS_WAIT_YIELD);
}

static int anderson_sleep_init(void *lock, uint32_t nthreads)
{
    return init_waiting(lock, nthreads, LKS_WAIT_SLEEP);
}

static void anderson_age(void *lock)
{
    lks_anderson_t *anderson = lock;
    const uint32_t ticket = UINT32_MAX - 1;
    atomic_store_explicit(&anderson->slots[0].may_enter, LKS_ANDERSON_CLOSED,
                          memory_order_relaxed);
    atomic_store_explicit(&lks_anderson_slot_of(anderson, ticket)->may_enter,
                          LKS_ANDERSON_OPEN, memory_order_relaxed);
    atomic_store_explicit(&anderson->next, ticket, memory_order_relaxed);
    atomic_store_explicit(&anderson->left, ticket, memory_order_relaxed);
}

/* What both classes share. */
#define COMMON                                                                           \
    .paper = "Anderson: The Performance of Spin Lock Alternatives for Shared-Memory "    \
             "Multiprocessors, 1990",                                                    \
    .size = anderson_size, .lock = anderson_lock, .trylock = anderson_trylock,           \
    .unlock = anderson_unlock, .is_locked = anderson_is_locked,                          \
    .destroy = anderson_destroy, .age = anderson_age

const lks_lock_class_t lks_anderson_class = {
    .name = "anderson",
    .summary = "array queue: each waiter spins on a slot of its own",
    .traits = LKS_LOCK_FAIR | LKS_LOCK_TRYLOCK,
    .init = anderson_init,
    COMMON,
};

const lks_lock_class_t lks_anderson_sleep_class = {
    .name = "anderson_sleep",
    .summary = "anderson, with waiters that sleep",
    .traits = LKS_LOCK_FAIR | LKS_LOCK_TRYLOCK | LKS_LOCK_SLEEPS,
    .init = anderson_sleep_init,
    COMMON,
};

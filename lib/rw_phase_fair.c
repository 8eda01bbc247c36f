/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/rw_phase_fair.h, and its catalog entry. */
#define LKS_INLINE
#include <lockstep/rw_phase_fair.h>
#include <lockstep/rwlock.h>

LKS_RWLOCK_CALLS_context_free(rw_phase_fair)

static size_t rw_phase_fair_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_rw_phase_fair_t);
}

static int rw_phase_fair_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_rw_phase_fair_init(lock);
}

static void rw_phase_fair_age(void *lock)
{
    lks_rw_phase_fair_t *phase_fair = lock;
    const uint32_t readers = UINT32_MAX - 2 * LKS_RW_PHASE_FAIR_READER + 1;
    atomic_store_explicit(&phase_fair->entered, readers, memory_order_relaxed);
    atomic_store_explicit(&phase_fair->left, readers, memory_order_relaxed);
    atomic_store_explicit(&phase_fair->next_writer, UINT32_MAX - 1, memory_order_relaxed);
    atomic_store_explicit(&phase_fair->serving_writer, UINT32_MAX - 1,
                          memory_order_relaxed);
}

const lks_rwlock_class_t lks_rw_phase_fair_class = {
    .name = "rw_phase_fair",
    .summary = "phases of readers and of one writer take turns",
    .paper = "Brandenburg, Anderson: Spin-Based Reader-Writer Synchronization for "
             "Multiprocessor Real-Time Systems, 2010",
    .traits = LKS_RWLOCK_READERS_PASS | LKS_RWLOCK_WRITERS_PASS,
    .size = rw_phase_fair_size,
    .init = rw_phase_fair_init,
    .rdlock = rw_phase_fair_rdlock,
    .tryrdlock = rw_phase_fair_tryrdlock,
    .rdunlock = rw_phase_fair_rdunlock,
    .wrlock = rw_phase_fair_wrlock,
    .trywrlock = rw_phase_fair_trywrlock,
    .wrunlock = rw_phase_fair_wrunlock,
    .downgrade = rw_phase_fair_downgrade,
    .is_locked = rw_phase_fair_is_locked,
    .destroy = rw_phase_fair_destroy,
    .age = rw_phase_fair_age,
};

/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/rw_ticket.h, and its catalog entry. */
#define LKS_INLINE
#include <lockstep/rw_ticket.h>
#include <lockstep/rwlock.h>

LKS_RWLOCK_CALLS_context_free(rw_ticket)

static size_t rw_ticket_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_rw_ticket_t);
}

static int rw_ticket_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_rw_ticket_init(lock);
}

static void rw_ticket_age(void *lock)
{
    lks_rw_ticket_t *ticket = lock;
    atomic_store_explicit(&ticket->users, UINT32_MAX - 1, memory_order_relaxed);
    atomic_store_explicit(&ticket->read, UINT32_MAX - 1, memory_order_relaxed);
    atomic_store_explicit(&ticket->write, UINT32_MAX - 1, memory_order_relaxed);
}

const lks_rwlock_class_t lks_rw_ticket_class = {
    .name = "rw_ticket",
    .summary = "draw a number; readers that follow each other go in together",
    .paper = "Mellor-Crummey, Scott: Scalable Reader-Writer Synchronization for "
             "Shared-Memory Multiprocessors, 1991",
    .traits = LKS_RWLOCK_READERS_PASS | LKS_RWLOCK_WRITERS_PASS,
    .size = rw_ticket_size,
    .init = rw_ticket_init,
    .rdlock = rw_ticket_rdlock,
    .tryrdlock = rw_ticket_tryrdlock,
    .rdunlock = rw_ticket_rdunlock,
    .wrlock = rw_ticket_wrlock,
    .trywrlock = rw_ticket_trywrlock,
    .wrunlock = rw_ticket_wrunlock,
    .downgrade = rw_ticket_downgrade,
    .is_locked = rw_ticket_is_locked,
    .destroy = rw_ticket_destroy,
    .age = rw_ticket_age,
};

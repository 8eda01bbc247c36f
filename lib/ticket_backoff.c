/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/ticket_backoff.h, and its catalog entry. */
#include <lockstep/lock.h>
#include <lockstep/ticket.h>

#undef LKS_INLINE /* the functions of the ticket lock stay inline here */
#define LKS_INLINE
#include <lockstep/ticket_backoff.h>

LKS_LOCK_CALLS_context_free(ticket_backoff)

static size_t ticket_backoff_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_ticket_backoff_t);
}

static int ticket_backoff_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_ticket_backoff_init(lock, LKS_TICKET_BACKOFF_DELAY);
}

static void ticket_backoff_age(void *lock)
{
    lks_ticket_backoff_t *backoff = lock;
    atomic_store_explicit(&backoff->ticket.next, UINT32_MAX - 1, memory_order_relaxed);
    atomic_store_explicit(&backoff->ticket.serving, UINT32_MAX - 1, memory_order_relaxed);
}

const lks_lock_class_t lks_ticket_backoff_class = {
    .name = "ticket_backoff",
    .summary = "ticket lock; waiters delay in proportion to their place",
    .paper = "Mellor-Crummey, Scott: Algorithms for Scalable Synchronization on "
             "Shared-Memory Multiprocessors, 1991",
    .traits = LKS_LOCK_FAIR | LKS_LOCK_TRYLOCK,
    .size = ticket_backoff_size,
    .init = ticket_backoff_init,
    .lock = ticket_backoff_lock,
    .trylock = ticket_backoff_trylock,
    .unlock = ticket_backoff_unlock,
    .is_locked = ticket_backoff_is_locked,
    .destroy = ticket_backoff_destroy,
    .age = ticket_backoff_age,
};

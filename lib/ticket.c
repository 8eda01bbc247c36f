/* SPDX-License-Identifier: MIT */
/* The symbols of lockstep/ticket.h, and its catalog entry. */
#define LKS_INLINE
#include <lockstep/lock.h>
#include <lockstep/ticket.h>

LKS_LOCK_CALLS_context_free(ticket)

static size_t ticket_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_ticket_t);
}

static int ticket_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_ticket_init(lock);
}

static void ticket_age(void *lock)
{
    lks_ticket_t *ticket = lock;
    atomic_store_explicit(&ticket->next, UINT32_MAX - 1, memory_order_relaxed);
    atomic_store_explicit(&ticket->serving, UINT32_MAX - 1, memory_order_relaxed);
}

const lks_lock_class_t lks_ticket_class = {
    .name = "ticket",
    .summary = "draw a number, wait until it is called",
    .paper = "Reed, Kanodia: Synchronization with Eventcounts and Sequencers, 1979",
    .traits = LKS_LOCK_FAIR | LKS_LOCK_TRYLOCK,
    .size = ticket_size,
    .init = ticket_init,
    .lock = ticket_lock,
    .trylock = ticket_trylock,
    .unlock = ticket_unlock,
    .is_locked = ticket_is_locked,
    .destroy = ticket_destroy,
    .age = ticket_age,
};

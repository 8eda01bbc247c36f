/* SPDX-License-Identifier: MIT */
/* A ticket lock of one's own: README.md beside it has the commands. */
#include <lockstep/own.h>
#include <stdatomic.h>

typedef struct {
    atomic_uint next; /* ticket for whichever thread comes next */
    atomic_uint now;  /* ticket of the thread that may enter */
} mine_t;

void mine_init(mine_t *lock)
{
    atomic_init(&lock->next, 0);
    atomic_init(&lock->now, 0);
}

void mine_lock(mine_t *lock)
{
    unsigned ticket = atomic_fetch_add_explicit(&lock->next, 1, memory_order_relaxed);
    while (atomic_load_explicit(&lock->now, memory_order_acquire) != ticket) {
    }
}

void mine_unlock(mine_t *lock)
{
    unsigned now = atomic_load_explicit(&lock->now, memory_order_relaxed);
    atomic_store_explicit(&lock->now, now + 1, memory_order_release);
}

LKS_LOCK(mine, fifo)

/* SPDX-License-Identifier: MIT */
/*
 * Contention for a mutex that is taken in all its ways at once: lock, trylock, and
 * timedlock with deadlines so near that some pass just when the lock is being handed
 * over.
 */
#ifndef TESTS_MUTEX_WAYS_H
#define TESTS_MUTEX_WAYS_H

#include "contention.h"
#include "instants.h"

static long longest_wait; /* of timedlock, in nanoseconds */
static __thread uint32_t way;

static void lock_in_some_way(void *mutex, uint32_t self)
{
    for (;;) {
        way = (way + self) * 1664525u + 1013904223u;
        if (way >> 30 == 0) {
            lks_mutex_lock((lks_mutex_t *)mutex);
            return;
        }
        const struct timespec deadline = from_now((long)(way >> 8) % longest_wait);
        if (lks_mutex_timedlock((lks_mutex_t *)mutex, &deadline) == 0) {
            return;
        }
    }
}

static bool trylock_mutex(void *mutex, uint32_t self)
{
    (void)self;
    return lks_mutex_trylock((lks_mutex_t *)mutex);
}

static void unlock_mutex(void *mutex, uint32_t self)
{
    (void)self;
    lks_mutex_unlock((lks_mutex_t *)mutex);
}

/* Fails the test if two were inside, or if the mutex is not in the end as it was in the
   beginning. `bound` in nanoseconds, as for lks_mutex_set_bound. */
static void contend_for_mutex(uint32_t nthreads, uint32_t rounds, uint64_t bound)
{
    contention_t data;
    lks_mutex_t mutex = LKS_MUTEX_INIT;
    longest_wait = nthreads < 8 ? 20000 : 200000;
    lks_mutex_set_bound(bound);
    data.lock = lock_in_some_way;
    data.trylock = nthreads % 2 == 0 ? trylock_mutex : NULL;
    data.unlock = unlock_mutex;
    data.object = &mutex;
    data.rounds = rounds;
    contend(&data, nthreads);
    lks_mutex_set_bound(LKS_MUTEX_BOUND_NS);
    assert_false(lks_mutex_is_locked(&mutex));
    assert_int_equal(atomic_load_explicit(lks_mutex_place(&mutex), memory_order_relaxed),
                     0);
}

#endif

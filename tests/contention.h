/* SPDX-License-Identifier: MIT */
/*
 * Threads that use plain data under a lock, and complain when it was not theirs alone.
 */
#ifndef TESTS_CONTENTION_H
#define TESTS_CONTENTION_H

#include "support.h"

typedef struct contention {
    /* How to take and give back the lock, for thread `self`. trylock: NULL, or used for
       every other acquisition. */
    void (*lock)(void *lock, uint32_t self);
    bool (*trylock)(void *lock, uint32_t self);
    void (*unlock)(void *lock, uint32_t self);
    void *object;
    uint32_t rounds; /* of each thread */
    /* Plain data, guarded by the lock. `inside` is 0 and `second` three times `first`
       whenever nobody is inside. */
    alignas(LKS_CACHE_LINE) uint64_t first;
    uint32_t inside;
    alignas(LKS_CACHE_LINE) uint64_t second;
} contention_t;

/* The caller holds the lock. Returns how much was found wrong. */
static uint64_t use_guarded_data(contention_t *data, worker_t *self)
{
    uint64_t errors = data->inside != 0 || data->second != 3 * data->first;
    data->inside = self->index + 1;
    data->first++;
    if (random_below(self, 16) == 0) {
        (void)sched_yield(); /* with the data in disorder: let others in, if they can */
    }
    data->second += 3;
    errors += data->inside != self->index + 1;
    data->inside = 0;
    return errors;
}

static void contend_in_thread(worker_t *self)
{
    contention_t *data = (contention_t *)self->shared;
    for (uint32_t round = 0; round < data->rounds; round++) {
        if (data->trylock != NULL && random_below(self, 2) == 0) {
            while (!data->trylock(data->object, self->index)) {
                (void)sched_yield();
            }
        } else {
            data->lock(data->object, self->index);
        }
        self->errors += use_guarded_data(data, self);
        data->unlock(data->object, self->index);
    }
}

/* Lets `nthreads` threads contend for the lock, and fails the test if two were inside. */
static void contend(contention_t *data, uint32_t nthreads)
{
    data->first = 0;
    data->second = 0;
    data->inside = 0;
    uint64_t errors = run_workers(nthreads, contend_in_thread, data);
    assert_int_equal(errors, 0);
    assert_int_equal(data->first, (uint64_t)nthreads * data->rounds);
    assert_int_equal(data->second, 3 * (uint64_t)nthreads * data->rounds);
}

#endif

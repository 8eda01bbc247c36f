/* SPDX-License-Identifier: MIT */
// expect: verified 3 executions -DHALVES
// expect: verified 3 executions -DWHOLE
// expect: wrong assertion -DWHOLE -DACQUIRE=memory_order_relaxed
// expect: verified 3 executions -DPASSED_ON
// expect: wrong race -DPASSED_ON -DACQ_REL=memory_order_release
/*
 * An access in pieces is one also in what it orders. HALVES: who has acquired from one
 * half of a store does not find the other half older; of four pairs that are three.
 * WHOLE: who acquires from the later one of two stores to halves has the earlier one:
 * three again. PASSED_ON: who acquires the half that a compare-and-swap has changed
 * gets what came to that with the other half, although the one that fails is relaxed.
 * Without success the last load finds nothing; with it, either: three.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#ifndef ACQUIRE
#define ACQUIRE memory_order_acquire
#endif
#ifndef ACQ_REL
#define ACQ_REL memory_order_acq_rel
#endif

static union {
    _Atomic uint32_t word;
    _Atomic uint16_t half[2];
} shared;
static int data;

static void *one(void *unused)
{
#if defined HALVES
    atomic_store_explicit(&shared.word, 0x00010001, memory_order_release);
#elif defined WHOLE
    atomic_store_explicit(&shared.half[0], 1, memory_order_relaxed);
    atomic_store_explicit(&shared.half[1], 1, memory_order_release);
#else
    data = 1;
    atomic_store_explicit(&shared.half[1], 1, memory_order_release);
#endif
    return unused;
}

#if defined PASSED_ON
static void *other(void *unused)
{
    uint32_t found = atomic_load_explicit(&shared.word, memory_order_relaxed);
    if (found == 0x00010000) {
        (void)atomic_compare_exchange_strong_explicit(&shared.word, &found, 0x00010001,
                                                      ACQ_REL, memory_order_relaxed);
    }
    return unused;
}
#endif

int main(void)
{
    pthread_t threads[2];
    (void)pthread_create(&threads[0], NULL, one, NULL);
#if defined HALVES
    unsigned low = atomic_load_explicit(&shared.half[0], ACQUIRE);
    unsigned high = atomic_load_explicit(&shared.half[1], memory_order_relaxed);
    assert(low <= high);
#elif defined WHOLE
    uint32_t found = atomic_load_explicit(&shared.word, ACQUIRE);
    assert(found != 0x00010000);
#else
    (void)pthread_create(&threads[1], NULL, other, NULL);
    if (atomic_load_explicit(&shared.half[0], ACQUIRE) == 1) {
        assert(data == 1);
    }
    (void)pthread_join(threads[1], NULL);
#endif
    (void)pthread_join(threads[0], NULL);
    return 0;
}

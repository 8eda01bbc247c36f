/* SPDX-License-Identifier: MIT */
// expect: verified 3 executions
// expect: verified 3 executions --jobs=2 -DPLAIN
// expect: verified 6 executions -DTICKET
// expect: wrong race -DTICKET -DRELAXED
// expect: verified 2 executions -DHALF_READ
// expect: wrong race -DHALF_READ -DRELAXED
// expect: verified 3 executions -DHALF_STORED
// expect: verified 3 executions -DTWO_HALVES
// A word that is accessed as a whole, and by its half. While all accesses have a byte in
// common, the order of that byte's writes is that of all, and an addition to the half is
// one to the word. With a store to the half, or an addition to the other one, all is done
// in pieces, and the numbers are the same.
//
// One thread adds to the half, the other loads the word and then adds to it: where its
// addition comes first the load finds nothing, otherwise either of two, 3 in all. A half
// that is read is written by then, or not: 2. Each of two threads draws a ticket, an
// addition to the word, waits for its turn in the lower half, and adds to that: if the
// second draws after that, nothing is open, and otherwise the first finds its turn in its
// own word or in the second's. That is 3, and either thread may be the first.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#ifdef RELAXED
#define ACQUIRE memory_order_relaxed
#else
#define ACQUIRE memory_order_acquire
#endif

static union {
    _Atomic uint32_t word;
    _Atomic uint16_t half; /* the lower one, where the lowest byte comes first */
    struct {
        uint16_t low;
        _Atomic uint16_t high;
    };
    uint8_t bytes[4];
} shared;

static int data;

#if defined TICKET
static void *enter(void *unused)
{
    uint32_t ticket =
        atomic_fetch_add_explicit(&shared.word, 1U << 16, memory_order_relaxed) >> 16;
    while ((atomic_load_explicit(&shared.word, ACQUIRE) & 0xffff) != ticket) {
    }
    data++;
    atomic_fetch_add_explicit(&shared.half, 1, memory_order_release);
    return unused;
}

static void work(void)
{
    (void)enter(NULL);
}
#elif defined HALF_READ
static void *enter(void *unused)
{
    data = 1;
    atomic_store_explicit(&shared.word, 0x10001, memory_order_release);
    return unused;
}

static void work(void)
{
    if (atomic_load_explicit(&shared.half, ACQUIRE) != 0) {
        assert(data == 1);
    }
}
#else
static void *enter(void *unused)
{
#ifdef HALF_STORED
    atomic_store(&shared.half, 1);
#else
    atomic_fetch_add(&shared.half, 1);
#endif
    return unused;
}

static void work(void)
{
#ifdef TWO_HALVES
    atomic_fetch_add(&shared.high, 1);
#endif
    uint32_t found = atomic_load(&shared.word);
    assert((found & 0xffff) <= 1);
    atomic_fetch_add(&shared.word, 1U << 16);
}
#endif

int main(void)
{
#ifdef PLAIN
    shared.bytes[0] = 0;
#endif
    pthread_t thread;
    pthread_create(&thread, NULL, enter, NULL);
    work();
    pthread_join(thread, NULL);
#ifdef PLAIN
    uint8_t bytes[4];
    memcpy(bytes, &shared, sizeof bytes);
    assert(bytes[0] == 1 && bytes[2] == 1);
    shared.bytes[0] = 7;
    assert(atomic_load(&shared.word) == 0x10007);
#endif
    return 0;
}

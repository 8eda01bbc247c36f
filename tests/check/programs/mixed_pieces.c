/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions -DWHOLE_READ
// expect: verified 2 executions -DWHOLE_READ -DPLAIN
// expect: verified 2 executions -DWHOLE_READ --model=sc
// expect: verified 2 executions -DTWO_WHOLE
// expect: verified 4 executions -DOWN_HALF
// expect: wrong assertion -DOWN_HALF -DCHECK
// expect: verified 16 executions -DHALVES
// expect: verified 2 executions -DADD
// expect: verified 2 executions -DSUBTRACT
// expect: verified 2 executions -DCOMPARE
// expect: verified 2 executions -DCOMPARE --jobs=2
// expect: verified 2 executions -DFLAG
// expect: wrong race -DFLAG -DRELAXED
// expect: wrong race -DRACE
// expect: wrong hang -DHANG
/*
 * A word and its halves, both of which are written: an access to the word is done in
 * two pieces, but in no execution is it seen to be. The halves are written before
 * there is another thread, so that all is in pieces.
 *
 * WHOLE_READ, a store and a load of the word: 2. TWO_WHOLE, two stores of it: two
 * orders. OWN_HALF: a thread stores the lower half (P) and loads the word, another one
 * stores the word (W). Where W comes before P, the lower half is P's, and the upper
 * one W's or the one before: 2. Where P comes before W, it is all W's, or P and the
 * one before: 2. (P and the one before although W comes between is what a store buffer
 * may show; CHECK says that it does not.) HALVES: two threads store a half each, two
 * load the word: 4 values each, 16. ADD, SUBTRACT, COMPARE: two read-modify-writes
 * have two orders, and a carry.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

static union {
    _Atomic uint32_t word;
    _Atomic uint16_t half[2];
    uint32_t plain;
} shared;
static int data;

#ifdef RELAXED
#define RELEASE memory_order_relaxed
#else
#define RELEASE memory_order_release
#endif

static uint32_t load(void)
{
    return atomic_load_explicit(&shared.word, memory_order_acquire);
}

static void *one(void *unused)
{
    (void)unused;
#if defined WHOLE_READ || defined OWN_HALF || defined HANG
    atomic_store_explicit(&shared.word, 0x00010001, memory_order_relaxed);
#elif defined TWO_WHOLE
    atomic_store(&shared.word, 0x00010001);
#elif defined HALVES
    atomic_store_explicit(&shared.half[0], 1, memory_order_relaxed);
#elif defined ADD
    atomic_fetch_add(&shared.word, 1);
#elif defined SUBTRACT
    atomic_fetch_sub(&shared.word, 0xffff);
#elif defined COMPARE
    uint32_t expected = 0;
    data += atomic_compare_exchange_strong(&shared.word, &expected, 0x00010001);
    assert(expected == 0 || expected == 0x00020002);
#elif defined FLAG
    data = 1;
    atomic_store_explicit(&shared.half[1], 1, RELEASE);
#elif defined RACE
    atomic_store(&shared.half[1], 1);
#endif
    return NULL;
}

static void *two(void *unused)
{
    (void)unused;
#if defined WHOLE_READ
    uint32_t seen = atomic_load_explicit(&shared.word, memory_order_relaxed);
    assert(seen == 0 || seen == 0x00010001);
#elif defined TWO_WHOLE
    atomic_store(&shared.word, 0x00020002);
#elif defined OWN_HALF
    atomic_store_explicit(&shared.half[0], 2, memory_order_relaxed);
    uint32_t seen = atomic_load_explicit(&shared.word, memory_order_relaxed);
    assert(seen == 2 || seen == 0x00010002 || seen == 0x00010001);
    data = seen == 2;
#elif defined HALVES
    atomic_store_explicit(&shared.half[1], 1, memory_order_relaxed);
#elif defined ADD
    atomic_fetch_add(&shared.word, 1);
#elif defined SUBTRACT
    atomic_fetch_sub(&shared.word, 1);
#elif defined COMPARE
    uint32_t expected = 0;
    atomic_compare_exchange_strong(&shared.word, &expected, 0x00020002);
    assert(expected == 0 || expected == 0x00010001);
#elif defined FLAG
    if (load() != 0) {
        assert(data == 1);
    }
#elif defined RACE
    uint32_t copy;
    memcpy(&copy, &shared.plain, sizeof copy);
    data = (int)copy;
#elif defined HANG
    while (load() != 0x00010002) {
    }
#endif
    return NULL;
}

#ifdef HALVES
static void *read_word(void *unused)
{
    (void)unused;
    (void)load();
    return NULL;
}
#endif

int main(void)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
#ifdef PLAIN
    memset(&shared, 0, 2);
#endif
    atomic_store(&shared.half[0], 0);
    atomic_store(&shared.half[1], 0);
#if defined ADD
    atomic_store(&shared.word, 0xffff);
#elif defined SUBTRACT
    atomic_store(&shared.word, 0x10000);
#endif
    int count = 0;
    pthread_create(&threads[count++], NULL, one, NULL);
    pthread_create(&threads[count++], NULL, two, NULL);
#ifdef HALVES
    pthread_create(&threads[count++], NULL, read_word, NULL);
    pthread_create(&threads[count++], NULL, read_word, NULL);
#endif
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    uint32_t last = load();
    (void)last;
#if defined TWO_WHOLE
    assert(last == 0x00010001 || last == 0x00020002);
#elif defined OWN_HALF && defined CHECK
    assert(!(data && last == 0x00010002));
#elif defined ADD
    assert(last == 0x10001);
#elif defined SUBTRACT
    assert(last == 0);
#elif defined COMPARE
    assert(last == (data ? 0x00010001 : 0x00020002));
#elif defined HALVES
    assert(last == 0x00010001);
#endif
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: wrong hang -DHANG
// expect: wrong assertion -DSEEN
// expect: wrong assertion -DAFTERWARDS
// expect: wrong race -DRACE
/*
 * A reader counts itself, and takes that back as long as there is a writer. The writer
 * stays for ever; or a third thread sees what the reader takes back, at the same time or
 * when it knows of what comes afterwards; or writes then what the reader has looked at in
 * between.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

enum { WRITER = 4 };

static atomic_uint word, afterwards, done;
static int *_Atomic looks_at;

static void *read_data(void *unused)
{
    int look = 0;
    atomic_store_explicit(&looks_at, &look, memory_order_release);
    while ((atomic_fetch_add_explicit(&word, 1, memory_order_relaxed) & WRITER) != 0) {
        int seen = look;
        (void)seen;
        atomic_fetch_sub_explicit(&word, 1, memory_order_relaxed);
    }
    atomic_store_explicit(&afterwards, 1, memory_order_relaxed);
#ifdef RACE
    while (atomic_load_explicit(&done, memory_order_acquire) == 0) {
    }
#endif
    return unused;
}

static void *look(void *unused)
{
#ifndef SEEN
    while (atomic_load_explicit(&afterwards, memory_order_relaxed) == 0) {
    }
#endif
#ifdef RACE
    int *there;
    while ((there = atomic_load_explicit(&looks_at, memory_order_acquire)) == NULL) {
    }
    *there = 1;
    atomic_store_explicit(&done, 1, memory_order_release);
#else
    assert(atomic_load_explicit(&word, memory_order_relaxed) != WRITER + 1);
#endif
    return unused;
}

int main(void)
{
    pthread_t reader, third;
    pthread_create(&reader, NULL, read_data, NULL);
#ifndef HANG
    pthread_create(&third, NULL, look, NULL);
#endif
    unsigned none = 0;
    while (!atomic_compare_exchange_strong_explicit(
        &word, &none, WRITER, memory_order_relaxed, memory_order_relaxed)) {
        none = 0;
    }
#ifndef HANG
    atomic_fetch_and_explicit(&word, ~(unsigned)WRITER, memory_order_relaxed);
    pthread_join(third, NULL);
#endif
    pthread_join(reader, NULL);
    return 0;
}

/* SPDX-License-Identifier: MIT */
// expect: verified 3 executions
// expect: verified 4 executions -DLOOK
// expect: verified 1 execution -DSWAP
// expect: verified 1 execution -DCOUNT
/*
 * A reader that counts itself, looks whether there is a writer, and if so takes that back
 * and tries again. It may come first, or last; or count itself while the writer is there,
 * which the writer sees as it leaves: 3 executions, however often the reader tries. If it
 * looks beforehand and comes last, it finds what the writer has left or what was there at
 * the beginning: 4.
 *
 * Or one that takes what is there and puts it back, until it finds what it waits for:
 * that comes where it has put back what was there, or not taken it. A turn that leaves a
 * little more than was there is not idle.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

enum { WRITER = 4, BUSY = 2, GO = 1 };

static atomic_uint word;
static int data;

static void *read_data(void *unused)
{
#ifdef SWAP
    for (;;) {
        unsigned found = atomic_exchange(&word, BUSY);
        if (found == GO) {
            break;
        }
        atomic_exchange(&word, found);
    }
    assert(data == 1);
#elif defined COUNT
    while (atomic_fetch_add(&word, 2) < 8) {
        atomic_fetch_sub(&word, 1);
    }
    assert(atomic_load(&word) == 10);
#else
    for (;;) {
#ifdef LOOK
        while ((atomic_load_explicit(&word, memory_order_relaxed) & WRITER) != 0) {
        }
#endif
        if ((atomic_fetch_add_explicit(&word, 1, memory_order_acquire) & WRITER) == 0) {
            break;
        }
        atomic_fetch_sub_explicit(&word, 1, memory_order_relaxed);
    }
    assert(data == 0 || data == 1);
    atomic_fetch_sub_explicit(&word, 1, memory_order_release);
#endif
    return unused;
}

static inline void change(unsigned to)
{
    unsigned none = 0;
    while (!atomic_compare_exchange_strong_explicit(
        &word, &none, to, memory_order_acq_rel, memory_order_relaxed)) {
        none = 0;
    }
}

int main(void)
{
    pthread_t reader;
    pthread_create(&reader, NULL, read_data, NULL);
#ifdef SWAP
    data++;
    change(GO);
#elif !defined COUNT
    change(WRITER);
    data++;
    atomic_fetch_and_explicit(&word, ~(unsigned)WRITER, memory_order_release);
#endif
    pthread_join(reader, NULL);
    return 0;
}

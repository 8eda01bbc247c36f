/* SPDX-License-Identifier: MIT */
/*
 * A sequence lock: readers that write nothing, and look again if a writer was there.
 *
 *   lockcheck examples/check/seqlock.c
 *
 * The version is odd while the writer is at work. A reader takes the version, reads the
 * data, and takes the version again: if it is the same, and even, the data belong
 * together. The data are atomic, for a reader may well read them while they are written;
 * relaxed will do.
 *
 * Two fences make it right, and both are easily forgotten, since what they keep in order
 * looks orderly already. The writer's release fence keeps the odd version before the
 * data; the reader's acquire fence keeps the data before the second look at the version.
 *
 * H.-J. Boehm, "Can seqlocks get along with programming language memory models?", MSPC
 * 2012.
 *
 * Try: remove either fence, or make the last store of the writer relaxed: the assertion
 * fails, and lockcheck shows which read was stale.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

static atomic_uint version;
static atomic_int left, right; /* always equal, for who reads them properly */

static void write_both(int value)
{
    unsigned now = atomic_load_explicit(&version, memory_order_relaxed);
    atomic_store_explicit(&version, now + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&left, value, memory_order_relaxed);
    atomic_store_explicit(&right, value, memory_order_relaxed);
    atomic_store_explicit(&version, now + 2, memory_order_release);
}

/* Returns whether what it read belongs together. */
static bool read_both(int *a, int *b)
{
    unsigned before = atomic_load_explicit(&version, memory_order_acquire);
    *a = atomic_load_explicit(&left, memory_order_relaxed);
    *b = atomic_load_explicit(&right, memory_order_relaxed);
    atomic_thread_fence(memory_order_acquire);
    unsigned after = atomic_load_explicit(&version, memory_order_relaxed);
    return before == after && before % 2 == 0;
}

static void *writer(void *unused)
{
    (void)unused;
    write_both(1);
    write_both(2);
    return NULL;
}

static void *reader(void *unused)
{
    (void)unused;
    int a, b;
    if (read_both(&a, &b)) { /* a real reader tries until it can */
        assert(a == b);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, writer, NULL);
    pthread_create(&threads[1], NULL, reader, NULL);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}

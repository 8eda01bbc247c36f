/* SPDX-License-Identifier: MIT */
/*
 * A reader-writer lock whose writer unlocks by a relaxed store.
 *
 *   lockcheck examples/bugs/rwlock_unlock.c               wrong: race
 *   lockcheck examples/bugs/rwlock_unlock.c --model=sc    verified
 *   lockcheck examples/bugs/rwlock_unlock.c -- -DFIXED    verified
 *
 * The Rust crate spin, issue 65 (2019; also RUSTSEC-2019-0013):
 * https://github.com/zesterer/spin-rs/issues/65
 *
 * The lock itself goes from one to the next, but what a writer has written need not go
 * with it. Most of the other operations had the strongest order there is, and on a PC a
 * test shows nothing.
 *
 * The repair: release.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef FIXED
enum { UNLOCK = memory_order_release };
#else
enum { UNLOCK = memory_order_relaxed };
#endif

enum { WRITER = 1, READER = 2 };

static atomic_int lock; /* READER for each reader, WRITER for a writer */
static int data;

static bool try_read_lock(void)
{
    int seen = atomic_load(&lock);
    return !(seen & WRITER) &&
           atomic_compare_exchange_strong(&lock, &seen, seen + READER);
}

static void read_unlock(void)
{
    atomic_fetch_sub(&lock, READER);
}

static bool try_write_lock(void)
{
    int none = 0;
    return atomic_compare_exchange_strong(&lock, &none, WRITER);
}

static void write_unlock(void)
{
    atomic_store_explicit(&lock, 0, UNLOCK);
}

static void *reader(void *unused)
{
    (void)unused;
    if (try_read_lock()) {
        int seen = data;
        (void)seen;
        read_unlock();
    }
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, reader, NULL);
    if (try_write_lock()) {
        data++;
        write_unlock();
    }
    pthread_join(thread, NULL);
    return 0;
}

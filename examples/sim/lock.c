/* SPDX-License-Identifier: MIT */
/*
 * A lock written by hand, beside those of the library.
 *
 *   locksim run examples/sim/lock.c -p 2,4,...,64 -a own -- -Iinclude
 *   locksim run examples/sim/lock.c -p 2,4,...,64 -a ticket -- -Iinclude
 *   locksim run examples/sim/lock.c -p 2,4,...,64 -a mcs -- -Iinclude
 *
 * There is a thread for each processor. It takes the lock 20 times, is inside for 100
 * cycles and outside for 50. The lock below is a ticket lock in eight bytes: whoever
 * draws a ticket writes to the line that all others are watching, and they fetch it
 * again. In the library's, the two words lie on different lines.
 *
 * Expect: with a ticket lock each release costs as many transactions as there are
 * waiters, so the whole run grows with P²; this one needs up to twice as many as the
 * library's, and with many processors twice the time. With mcs all turns cost the same,
 * and the run grows with P.
 *
 * Try:
 *   put your own lock here: only own_lock and own_unlock know what it is
 *   -DPLAIN after the --   waits in a loop of its own, which locksim runs try by try. The
 *                          costs are about the same; the simulation takes much longer
 *   -m numa                a machine on which reads of different nodes go in parallel
 *   lockcheck              whether a lock is right is another question
 */
#include <lockstep/lock.h>
#include <lockstep/wait.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 20, MOST_THREADS = 1000, INSIDE = 100, OUTSIDE = 50 };

/* --- a ticket lock with both words on one line -------------------------------------- */

static _Alignas(64) struct {
    atomic_uint next, serving;
} own;

static void own_lock(void)
{
    unsigned ticket = atomic_fetch_add_explicit(&own.next, 1, memory_order_relaxed);
#ifdef PLAIN
    while (atomic_load_explicit(&own.serving, memory_order_acquire) != ticket) {
    }
#else
    lks_await(atomic_load_explicit(&own.serving, memory_order_acquire) == ticket);
#endif
}

static void own_unlock(void)
{
    unsigned now = atomic_load_explicit(&own.serving, memory_order_relaxed);
    atomic_store_explicit(&own.serving, now + 1, memory_order_release);
}

/* --- threads that want it ----------------------------------------------------------- */

static lks_lock_t *by_name;                /* or NULL: the own one */
static _Alignas(64) unsigned long entries; /* guarded by the lock */

static void *work(void *argument)
{
    uint32_t self = *(const uint32_t *)argument;
    for (int i = 0; i < ROUNDS; i++) {
        by_name != NULL ? lks_lock_lock(by_name, self) : own_lock();
        entries++;
        lks_delay(INSIDE);
        by_name != NULL ? lks_lock_unlock(by_name, self) : own_unlock();
        lks_delay(OUTSIDE);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    uint32_t nthreads = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
    nthreads = nthreads < MOST_THREADS ? nthreads : MOST_THREADS;
    const char *name = argc > 1 ? argv[1] : "own";
    if (strcmp(name, "own") != 0 && lks_lock_create(&by_name, name, nthreads) != 0) {
        (void)fprintf(stderr, "lock: there is no lock \"%s\"\n", name);
        return 2;
    }
    static pthread_t threads[MOST_THREADS];
    static uint32_t indexes[MOST_THREADS];
    for (uint32_t i = 0; i < nthreads; i++) {
        indexes[i] = i;
        pthread_create(&threads[i], NULL, work, &indexes[i]);
    }
    for (uint32_t i = 0; i < nthreads; i++) {
        pthread_join(threads[i], NULL);
    }
    printf("%s: %lu entries by %u threads\n", name, entries, nthreads);
    return entries == (unsigned long)nthreads * ROUNDS ? 0 : 1;
}

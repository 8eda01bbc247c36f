/* SPDX-License-Identifier: MIT */
/*
 * Counting together: in one counter, or each thread in its own, and where those lie.
 *
 *   locksim run examples/sim/counters.c -p 8 -a one
 *   locksim run examples/sim/counters.c -p 8 -a packed
 *   locksim run examples/sim/counters.c -p 8 -a padded
 *
 * There is a thread for each processor, and each counts to 1000.
 *
 *   one      all in the same counter
 *   packed   each in a counter of its own, of 8 bytes: eight of them fill a line
 *   padded   likewise, and each counter has a line for itself
 *
 * In the end main adds up what they have counted.
 *
 * Expect: with `packed` no two threads share a counter, and yet it is no better than
 * `one`: about 80000 cycles and 4000 transactions for 8000 increments, as the line goes
 * round all caches. (Not 8000: whoever gets it increments twice before the next one
 * does.) This is false sharing. With `padded` each thread fetches its line once and then
 * counts in its own cache: some 1400 cycles and 20 transactions, half of them main's.
 *
 * Try:
 *   -p 2,4,8             `one` and `packed` take longer with each thread
 *   -p 16                `packed` has two lines. While the bus brings one, the thread
 *                        that has the other counts on in it: each is counted in half of
 *                        the time, so that 8000 increments in each take 16000 cycles, a
 *                        tenth of what `one` takes
 *   --protocol=dragon    an increment updates the copies of the others: a transaction for
 *                        each, but of a word and not of a line
 *   --set line=8         now `packed` is as good as `padded`
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { INCREMENTS = 1000, MOST_THREADS = 1000, LINE = 64 };
enum { A_LINE = LINE / sizeof(atomic_ulong) }; /* counters */

static _Alignas(LINE) atomic_ulong counters[MOST_THREADS * A_LINE];

static void *count(void *counter)
{
    for (int i = 0; i < INCREMENTS; i++) {
        atomic_fetch_add_explicit((atomic_ulong *)counter, 1, memory_order_relaxed);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    const char *layout = argc > 1 ? argv[1] : "one";
    size_t stride = strcmp(layout, "padded") == 0   ? A_LINE
                    : strcmp(layout, "packed") == 0 ? 1
                                                    : 0;
    size_t nthreads = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    nthreads = nthreads < MOST_THREADS ? nthreads : MOST_THREADS;

    pthread_t threads[MOST_THREADS];
    for (size_t i = 0; i < nthreads; i++) {
        pthread_create(&threads[i], NULL, count, &counters[i * stride]);
    }
    for (size_t i = 0; i < nthreads; i++) {
        pthread_join(threads[i], NULL);
    }
    unsigned long sum = 0;
    for (size_t i = 0; i < (stride == 0 ? 1 : nthreads); i++) {
        sum += atomic_load_explicit(&counters[i * stride], memory_order_relaxed);
    }
    printf("%s: %zu threads counted to %lu\n", layout, nthreads, sum);
    return 0;
}

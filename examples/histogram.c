/* SPDX-License-Identifier: MIT */
/*
 * A histogram that threads fill together, under a lock chosen by name:
 *
 *   histogram [LOCK [THREADS [ITEMS]]]
 *
 * With LOCK "all", or without arguments, every lock of the library takes its turn. The
 * program ends with status 1 if an item was lost, which would be the lock's fault.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "arguments.h"
#include <inttypes.h>
#include <lockstep/lock.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

enum { BINS = 17, MOST_THREADS = 1024 };

typedef struct histogram {
    lks_lock_t *lock;
    uint64_t bins[BINS]; /* guarded by the lock */
} histogram_t;

typedef struct job {
    pthread_t thread;
    histogram_t *histogram;
    uint32_t self;         /* the thread's index, as the lock wants it */
    uint32_t first, items; /* items first, first + 1, … of the input */
} job_t;

/* The input: item after item, how often a fair coin falls heads in 16 throws. */
static unsigned bin_of(uint32_t item)
{
    uint64_t throws = item * UINT64_C(0x9E3779B97F4A7C15) >> 48;
    unsigned heads = 0;
    for (; throws != 0; throws >>= 1) {
        heads += throws & 1;
    }
    return heads;
}

static void *fill(void *argument)
{
    const job_t *job = argument;
    histogram_t *histogram = job->histogram;
    for (uint32_t i = 0; i < job->items; i++) {
        unsigned bin = bin_of(job->first + i); /* outside the lock: it is nobody else's */
        lks_lock_lock(histogram->lock, job->self);
        histogram->bins[bin]++;
        lks_lock_unlock(histogram->lock, job->self);
    }
    return NULL;
}

/* Splits the items over the threads, runs them, and returns how many seconds it took. */
static double fill_together(histogram_t *histogram, uint32_t nthreads, uint32_t items)
{
    static job_t jobs[MOST_THREADS];
    struct timespec begin, end;
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    for (uint32_t i = 0; i < nthreads; i++) {
        uint32_t first = (uint32_t)((uint64_t)items * i / nthreads);
        uint32_t next = (uint32_t)((uint64_t)items * (i + 1) / nthreads);
        jobs[i].histogram = histogram;
        jobs[i].self = i;
        jobs[i].first = first;
        jobs[i].items = next - first;
        int error = pthread_create(&jobs[i].thread, NULL, fill, &jobs[i]);
        if (error != 0) {
            (void)fprintf(stderr, "histogram: cannot start a thread: %s\n",
                          strerror(error));
            exit(1);
        }
    }
    for (uint32_t i = 0; i < nthreads; i++) {
        (void)pthread_join(jobs[i].thread, NULL);
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    return (double)(end.tv_sec - begin.tv_sec) +
           (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
}

/* Fills a histogram under the named lock. Returns whether each bin has what it should. */
static bool try_lock_class(const char *name, uint32_t nthreads, uint32_t items)
{
    histogram_t histogram = {0};
    int error = lks_lock_create(&histogram.lock, name, nthreads);
    if (error != 0) {
        (void)fprintf(stderr, "histogram: lock \"%s\": %s\n", name, strerror(error));
        exit(1);
    }
    double seconds = fill_together(&histogram, nthreads, items);
    lks_lock_destroy(histogram.lock);

    uint64_t expected[BINS] = {0};
    for (uint32_t item = 0; item < items; item++) {
        expected[bin_of(item)]++;
    }
    uint64_t total = 0;
    for (int bin = 0; bin < BINS; bin++) {
        total += histogram.bins[bin];
    }
    bool right = memcmp(histogram.bins, expected, sizeof expected) == 0;
    printf("%-16s %10.3f ms   total %" PRIu64 " of %" PRIu32 "%s\n", name, seconds * 1e3,
           total, items, right ? "" : "   WRONG");
    return right;
}

/* Ends the program with a line that says which names there are. */
static void refuse_name(const char *name)
{
    (void)fprintf(stderr, "histogram: no lock is called \"%s\"; there are: all", name);
    for (const lks_lock_class_t *class = lks_lock_class_next(NULL); class != NULL;
         class = lks_lock_class_next(class)) {
        (void)fprintf(stderr, " %s", class->name);
    }
    (void)fputc('\n', stderr);
    exit(2);
}

int main(int argc, char **argv)
{
    if (argc > 4) {
        (void)fputs("usage: histogram [LOCK [THREADS [ITEMS]]]\n", stderr);
        return 2;
    }
    const char *name = argc > 1 ? argv[1] : "all";
    bool all = strcmp(name, "all") == 0;
    if (!all && lks_lock_class_find(name) == NULL) {
        refuse_name(name);
    }
    uint32_t nthreads = number_argument("histogram", "THREADS", argc > 2 ? argv[2] : NULL,
                                        4, MOST_THREADS);
    uint32_t items = number_argument("histogram", "ITEMS", argc > 3 ? argv[3] : NULL,
                                     50000, 1000000000);
    if (!all) {
        return try_lock_class(name, nthreads, items) ? 0 : 1;
    }
    bool right = true;
    for (const lks_lock_class_t *class = lks_lock_class_next(NULL); class != NULL;
         class = lks_lock_class_next(class)) {
        right = try_lock_class(class->name, nthreads, items) && right;
    }
    return right ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
/*
 * Whose memory: threads that add up an array, each its own part of it.
 *
 *   locksim run examples/sim/placement.c -m butterfly -p 48 -a one
 *   locksim run examples/sim/placement.c -m butterfly -p 48 -a each
 *
 * Memory lies with the processor that touches it first.
 *
 *   one    the first thread fills all of the array, as programs do that read a file
 *   each   every thread fills the part that it adds up later
 *
 * The threads meet at a barrier, look at the clock, add, and look at it again. A cycle is
 * a nanosecond to them.
 *
 * Expect: the Butterfly has no caches, so each of the 512 numbers of a part is a trip to
 * where it lies. Near by that takes 6 cycles: 3072 for a part, and some more for the
 * thread whose memory others look at. From afar it would take 32, if nobody else came;
 * but with `one` all 48 threads queue at the memory of the first, which serves one access
 * in 6 cycles: 147000 cycles, as if one thread added up all parts.
 *
 * Try:
 *   -p 2,4,...,64     grows with the threads, or does not
 *   -m opteron        with caches a part that one has filled oneself is still there: 512
 *                     hits of 3 cycles. The others' must be fetched, line by line
 *   -m opteron --set caching=16
 *                     caches too small for a part: now it lies in memory again
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime, pthread_barrier_t */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_THREADS = 1000, PART = 4096 / sizeof(long) };

static _Alignas(4096) long array[MOST_THREADS][PART];
static bool one_fills_all;
static pthread_barrier_t filled;

typedef struct job {
    pthread_t thread;
    size_t self, nthreads;
    long sum, cycles;
} job_t;

static long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000 + time.tv_nsec;
}

static void fill(size_t part)
{
    for (size_t i = 0; i < PART; i++) {
        array[part][i] = 1;
    }
}

static void *work(void *argument)
{
    job_t *job = argument;
    if (!one_fills_all) {
        fill(job->self);
    } else if (job->self == 0) {
        for (size_t part = 0; part < job->nthreads; part++) {
            fill(part);
        }
    }
    pthread_barrier_wait(&filled);
    const long *part = array[job->self];
    long begin = now(), sum = 0;
    for (size_t i = 0; i < PART; i++) {
        sum += part[i];
    }
    job->cycles = now() - begin;
    job->sum = sum;
    return NULL;
}

int main(int argc, char **argv)
{
    static job_t jobs[MOST_THREADS];
    size_t nthreads = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    nthreads = nthreads < MOST_THREADS ? nthreads : MOST_THREADS;
    one_fills_all = argc > 1 && strcmp(argv[1], "one") == 0;
    pthread_barrier_init(&filled, NULL, (unsigned)nthreads);
    for (size_t i = 0; i < nthreads; i++) {
        jobs[i].self = i;
        jobs[i].nthreads = nthreads;
        pthread_create(&jobs[i].thread, NULL, work, &jobs[i]);
    }
    long longest = 0, sum = 0;
    for (size_t i = 0; i < nthreads; i++) {
        pthread_join(jobs[i].thread, NULL);
        sum += jobs[i].sum;
        longest = jobs[i].cycles > longest ? jobs[i].cycles : longest;
    }
    printf("%zu threads added up %ld in %ld cycles at most\n", nthreads, sum, longest);
    return 0;
}

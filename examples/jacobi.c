/* SPDX-License-Identifier: MIT */
/*
 * The heat in a square plate, by Jacobi's method, with a barrier chosen by name:
 *
 *   jacobi [BARRIER [THREADS [SIZE [SWEEPS]]]]
 *
 * One edge of the plate is kept at 100 degrees, the others at 0. Each sweep makes every
 * cell the mean of its four neighbours of the sweep before, from one grid into another.
 * Each thread has its own rows, and a barrier after each sweep keeps everybody in the
 * same one. With BARRIER "all", or without arguments, every barrier of the library takes
 * its turn. The program ends with status 1 if a result differs from that of one thread
 * by so much as a bit.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "arguments.h"
#include <lockstep/barrier.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

enum { MOST_THREADS = 1024 };

typedef struct plate {
    size_t size;      /* cells a side, without the edges */
    uint32_t sweeps;  /* how many to make */
    double *grids[2]; /* sweep after sweep reads one and writes the other */
} plate_t;

typedef struct job {
    pthread_t thread;
    const plate_t *plate;
    lks_barrier_t *barrier; /* NULL: there is only one thread */
    uint32_t self;          /* the thread's index, as the barrier wants it */
    size_t first, end;      /* its rows: first ≤ row < end */
    double residual;        /* the largest change of a cell in the last sweep */
} job_t;

/* Ends the program where the machine has not enough of something. */
static void fail(const char *what, int error)
{
    (void)fprintf(stderr, "jacobi: %s: %s\n", what, strerror(error));
    exit(1);
}

static plate_t make_plate(size_t size, uint32_t sweeps)
{
    plate_t plate = {.size = size, .sweeps = sweeps};
    for (int i = 0; i < 2; i++) {
        plate.grids[i] = calloc((size + 2) * (size + 2), sizeof(double));
        if (plate.grids[i] == NULL) {
            fail("cannot make the grid", ENOMEM);
        }
        for (size_t column = 0; column < size + 2; column++) {
            plate.grids[i][column] = 100;
        }
    }
    return plate;
}

static void free_plate(plate_t *plate)
{
    free(plate->grids[0]);
    free(plate->grids[1]);
}

/* Sweeps rows first … end − 1. Returns the largest change of a cell. */
static double sweep(const double *from, double *to, size_t size, size_t first, size_t end)
{
    size_t width = size + 2;
    double largest = 0;
    for (size_t row = first; row < end; row++) {
        for (size_t i = row * width + 1; i < row * width + 1 + size; i++) {
            to[i] =
                (from[i - width] + from[i - 1] + from[i + 1] + from[i + width]) * 0.25;
            double change = to[i] < from[i] ? from[i] - to[i] : to[i] - from[i];
            largest = change > largest ? change : largest;
        }
    }
    return largest;
}

/* One thread's work. A single barrier a sweep is enough: who has passed it writes the
   grid that everybody has finished reading. */
static void *solve(void *argument)
{
    job_t *job = argument;
    const plate_t *plate = job->plate;
    double residual = 0;
    for (uint32_t i = 0; i < plate->sweeps; i++) {
        residual = sweep(plate->grids[i % 2], plate->grids[(i + 1) % 2], plate->size,
                         job->first, job->end);
        if (job->barrier != NULL) {
            lks_barrier_wait(job->barrier, job->self);
        }
    }
    job->residual = residual;
    return NULL;
}

/* Splits the rows over the threads and runs them. Returns the residual. */
static double solve_together(const plate_t *plate, lks_barrier_t *barrier,
                             uint32_t nthreads)
{
    static job_t jobs[MOST_THREADS];
    for (uint32_t i = 0; i < nthreads; i++) {
        jobs[i].plate = plate;
        jobs[i].barrier = barrier;
        jobs[i].self = i;
        jobs[i].first = 1 + plate->size * i / nthreads;
        jobs[i].end = 1 + plate->size * (i + 1) / nthreads;
        int error = pthread_create(&jobs[i].thread, NULL, solve, &jobs[i]);
        if (error != 0) {
            fail("cannot start a thread", error);
        }
    }
    double residual = 0;
    for (uint32_t i = 0; i < nthreads; i++) {
        (void)pthread_join(jobs[i].thread, NULL);
        residual = jobs[i].residual > residual ? jobs[i].residual : residual;
    }
    return residual;
}

/* Solves with the named barrier. Returns whether the result is `serial`'s, to the bit. */
static bool try_barrier_class(const char *name, uint32_t nthreads, const plate_t *serial)
{
    lks_barrier_t *barrier;
    int error = lks_barrier_create(&barrier, name, nthreads);
    if (error != 0) {
        fail(name, error);
    }
    plate_t plate = make_plate(serial->size, serial->sweeps);
    struct timespec begin, end;
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    double residual = solve_together(&plate, barrier, nthreads);
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    lks_barrier_destroy(barrier);

    size_t bytes = (plate.size + 2) * (plate.size + 2) * sizeof(double);
    bool same = memcmp(plate.grids[0], serial->grids[0], bytes) == 0 &&
                memcmp(plate.grids[1], serial->grids[1], bytes) == 0;
    double seconds = (double)(end.tv_sec - begin.tv_sec) +
                     (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
    printf("%-16s %10.3f ms   residual %.6g   %s\n", name, seconds * 1e3, residual,
           same ? "as in the serial run" : "NOT as in the serial run");
    free_plate(&plate);
    return same;
}

/* Ends the program with a line that says which names there are. */
static void refuse_name(const char *name)
{
    (void)fprintf(stderr, "jacobi: no barrier is called \"%s\"; there are: all", name);
    for (const lks_barrier_class_t *class = lks_barrier_class_next(NULL); class != NULL;
         class = lks_barrier_class_next(class)) {
        (void)fprintf(stderr, " %s", class->name);
    }
    (void)fputc('\n', stderr);
    exit(2);
}

int main(int argc, char **argv)
{
    if (argc > 5) {
        (void)fputs("usage: jacobi [BARRIER [THREADS [SIZE [SWEEPS]]]]\n", stderr);
        return 2;
    }
    const char *name = argc > 1 ? argv[1] : "all";
    bool all = strcmp(name, "all") == 0;
    if (!all && lks_barrier_class_find(name) == NULL) {
        refuse_name(name);
    }
    uint32_t nthreads =
        number_argument("jacobi", "THREADS", argc > 2 ? argv[2] : NULL, 4, MOST_THREADS);
    uint32_t size =
        number_argument("jacobi", "SIZE", argc > 3 ? argv[3] : NULL, 64, 16384);
    uint32_t sweeps =
        number_argument("jacobi", "SWEEPS", argc > 4 ? argv[4] : NULL, 500, 1000000000);

    plate_t serial = make_plate(size, sweeps);
    job_t alone = {.plate = &serial, .first = 1, .end = 1 + serial.size};
    (void)solve(&alone);
    bool same = true;
    if (all) {
        for (const lks_barrier_class_t *class = lks_barrier_class_next(NULL);
             class != NULL; class = lks_barrier_class_next(class)) {
            same = try_barrier_class(class->name, nthreads, &serial) && same;
        }
    } else {
        same = try_barrier_class(name, nthreads, &serial);
    }
    free_plate(&serial);
    return same ? 0 : 1;
}

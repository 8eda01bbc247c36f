/* SPDX-License-Identifier: MIT */
/*
 * OpenMP: a sum that threads make together, and the largest of its parts.
 *
 *   lockcheck examples/check/openmp_sum.c -- -fopenmp
 *
 * Each thread adds up a part of the numbers on its own, and then adds that to the whole
 * in a critical section. Behind the barrier everybody knows the whole, and one thread
 * sees to it that it is what it should be.
 *
 * A team has two threads here, and four executions: either is the first in the critical
 * section, and either runs the single region. With OMP_NUM_THREADS=3 there are 18.
 *
 * Try: leave out the critical section, or the barrier, or put `nowait` behind `single`:
 * lockcheck shows the race, with what each thread did.
 */
#include <assert.h>
#include <omp.h>

enum { COUNT = 4 };

int main(void)
{
    int whole = 0, largest = 0;
#pragma omp parallel
    {
        int part = 0;
#pragma omp for nowait
        for (int i = 1; i <= COUNT; i++) {
            part += i;
        }
#pragma omp critical
        {
            whole += part;
            largest = part > largest ? part : largest;
        }
#pragma omp barrier
#pragma omp single
        assert(whole == COUNT * (COUNT + 1) / 2);
        assert(largest * omp_get_num_threads() >= whole);
    }
    return 0;
}

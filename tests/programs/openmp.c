/* SPDX-License-Identifier: MIT */
/* OpenMP: sections that exclude each other, locks of its own, and barriers. The argument
   is the number of threads. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 50 };

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : 2;
    long sum = 0, locked = 0, early = 0, nested = 0;
    int *round_of = calloc((size_t)threads, sizeof *round_of);
    omp_lock_t lock;
    omp_nest_lock_t nest;
    omp_init_lock(&lock);
    omp_init_nest_lock(&nest);
#pragma omp parallel num_threads(threads)
    {
        int self = omp_get_thread_num();
        for (int i = 1; i <= ROUNDS; i++) {
            round_of[self] = i;
#pragma omp barrier
            for (int k = 0; k < threads; k++) {
                if (round_of[k] != i) {
#pragma omp atomic
                    early++;
                }
            }
#pragma omp critical
            sum++;
            omp_set_lock(&lock);
            locked++;
            omp_unset_lock(&lock);
            omp_set_nest_lock(&nest);
            omp_set_nest_lock(&nest);
            nested++;
            omp_unset_nest_lock(&nest);
            omp_unset_nest_lock(&nest);
#pragma omp barrier
        }
    }
    long expected = (long)threads * ROUNDS;
    if (early != 0 || sum != expected || locked != expected || nested != expected) {
        (void)fprintf(stderr, "early %ld, sum %ld, locked %ld, nested %ld, not %ld\n",
                      early, sum, locked, nested, expected);
        return 1;
    }
    return 0;
}

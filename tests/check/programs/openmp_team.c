/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution unblocked -fopenmp
// expect: verified 1 execution -fopenmp -DPHASES=3
// expect: wrong race|assertion -fopenmp -DWITHOUT_BARRIER
// expect: wrong misuse -fopenmp -DBARRIER_OF_ONE
// expect: wrong misuse -fopenmp -DBARRIER_IN_SINGLE
// OpenMP: teams, their numbers, and barriers. Nothing is left open by a fork, a join or a
// barrier, so that there is one execution, however many of them there are.
#include <assert.h>
#include <omp.h>

#ifndef PHASES
#define PHASES 0
#endif

static int seen[3], phase[3], mine, single;
#pragma omp threadprivate(mine)

static void barrier(void)
{
#pragma omp barrier
}

/* Everybody reads what all have written before the barrier. */
static void meet(void)
{
#pragma omp parallel num_threads(3)
    for (int i = 1; i <= PHASES; i++) {
        phase[omp_get_thread_num()] = i;
        barrier();
        for (int other = 0; other < 3; other++) {
            assert(phase[other] == i);
        }
        barrier();
    }
}

int main(void)
{
    assert(omp_get_num_threads() == 1 && omp_get_thread_num() == 0 && !omp_in_parallel());
    assert(omp_get_max_threads() == 2);
    assert(omp_get_num_devices() == 0 && omp_is_initial_device());
    assert(omp_get_num_teams() == 1 && omp_get_team_num() == 0);
#pragma omp parallel
    {
        int self = omp_get_thread_num();
        assert(omp_get_num_threads() == 2 && omp_in_parallel() && omp_get_level() == 1);
        seen[self]++;
        mine = 10 + self;
#pragma omp parallel /* one level of threads, where nobody asks for more */
        assert(omp_get_num_threads() == 1 && omp_get_level() == 2 &&
               omp_get_ancestor_thread_num(1) == self && omp_get_team_size(1) == 2);
#pragma omp master
        seen[2] = 1;
#ifdef WITHOUT_BARRIER
        assert(seen[1 - self] == 1);
#endif
#ifdef BARRIER_OF_ONE
        if (self == 0) {
            barrier();
        }
#endif
#ifdef BARRIER_IN_SINGLE
#pragma omp single
        barrier();
#endif
    }
    assert(seen[0] == 1 && seen[1] == 1 && seen[2] == 1 && single == 0);

    omp_set_num_threads(3);
    assert(omp_get_max_threads() == 3);
#pragma omp parallel num_threads(2) /* the same threads have the same variables */
    assert(mine == 10 + omp_get_thread_num());
#pragma omp parallel if (seen[0] == 2)
    assert(omp_get_num_threads() == 1 && omp_get_thread_num() == 0);
    int team = 0;
#pragma omp parallel firstprivate(team)
    {
        team += omp_get_num_threads();
        assert(team == 3);
    }
    meet();
    return 0;
}

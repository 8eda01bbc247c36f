/* SPDX-License-Identifier: MIT */
// expect: wrong assertion -fopenmp
// expect: wrong assertion -fopenmp -DBARRIER
// expect: verified 2 executions -fopenmp -DOUTER_WAIT
// OpenMP: a task of the outer region. The taskwait of the inner one waits for tasks of
// the inner one, as do its barriers and its end, whatever its size. Either thread may run
// the single region.
#include <assert.h>
#include <omp.h>
#include <stdatomic.h>

static atomic_int done;

int main(void)
{
    omp_set_max_active_levels(2);
#pragma omp parallel num_threads(2)
#pragma omp single
    {
#pragma omp task
        atomic_store(&done, 1);
#ifdef BARRIER
#pragma omp parallel num_threads(2)
        {
#pragma omp barrier
        }
#else
#pragma omp parallel num_threads(1)
        {
#pragma omp taskwait
        }
#endif
#ifdef OUTER_WAIT
#pragma omp taskwait
#endif
        assert(atomic_load(&done) == 1);
    }
    return 0;
}

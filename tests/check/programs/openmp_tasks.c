/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions -fopenmp
// expect: verified 4 executions -fopenmp -DNUMBER
// expect: wrong race|assertion -fopenmp -DWITHOUT_WAIT
// expect: verified 2 executions -fopenmp -DGRANDCHILD -DGROUP
// expect: wrong race|assertion -fopenmp -DGRANDCHILD
// expect: wrong misuse -fopenmp -DBARRIER
// long: refused threadprivate -fopenmp -DTHREADPRIVATE
// long: wrong use after free|race -fopenmp -DDANGLING
// OpenMP: tasks. One of 2 threads runs the single region, and either may run a task that
// asks for its number. A taskwait waits for the tasks of the task that it is in, a
// taskgroup for theirs, too, and a barrier for all.
#include <assert.h>
#include <omp.h>

static int result, other;
#ifdef THREADPRIVATE
#pragma omp threadprivate(other)
#endif

static int fibonacci(int n)
{
    if (n < 2) {
        return n;
    }
    int one, two;
#pragma omp task shared(one)
    one = fibonacci(n - 1);
#pragma omp task shared(two)
    two = fibonacci(n - 2);
#ifdef DANGLING
    return 2;
#endif
#pragma omp taskwait
    return one + two;
}

static void barrier(void)
{
#pragma omp barrier
}

static void work(void)
{
#ifdef GROUP
#pragma omp taskgroup
#endif
    {
#pragma omp task
        {
#if defined GRANDCHILD
#pragma omp task
            other = 1;
#elif defined BARRIER
            barrier();
#elif defined NUMBER
            other = omp_get_thread_num() + 1;
            assert(other <= 2);
#else
            other = 1;
#endif
        }
    }
#if defined GRANDCHILD && !defined GROUP
#pragma omp taskwait
#endif
#ifdef GRANDCHILD
    assert(other == 1);
#endif
}

int main(void)
{
#pragma omp parallel num_threads(2)
    {
#pragma omp single
        {result = fibonacci(3);
    work();
}
#ifdef WITHOUT_WAIT /* for what is created here only the end of the region waits */
#pragma omp master
{
#pragma omp task
    result++;
    assert(result == 3);
}
#endif
}
barrier();
#ifndef WITHOUT_WAIT
assert(result == 2);
#endif
#ifndef THREADPRIVATE
assert(other > 0);
#endif
return 0;
}
